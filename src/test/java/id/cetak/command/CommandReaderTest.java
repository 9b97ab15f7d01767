package id.cetak.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import id.cetak.command.Command.CloudInit;
import id.cetak.command.Command.Disk;
import id.cetak.command.Command.Source;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommandReaderTest {
  private final CommandReader reader = new CommandReader(262_144);

  @Test
  void the_shortest_clone_gets_every_default() throws CommandRefused {
    assertThat(read("{'command':'clone','id':'c-1','template':'web','name':'web-01'}"))
        .isEqualTo(
            new Command.Clone(
                new CommandId("c-1"),
                new Name("web"),
                new Name("web-01"),
                null,
                Disk.LINKED,
                false,
                null,
                null,
                null,
                null,
                new Name("web-01"),
                new CloudInit(null, null),
                null,
                Map.of(),
                false,
                false,
                null));
  }

  @Test
  void a_clone_with_everything_is_read_whole() throws CommandRefused {
    Command command =
        read(
            "{'command':'clone','id':'A.b_c:d-9','template':'web','name':'web-01','version':3,'disk':'full','start':true,'cpus':512,'memoryMiB':16,'diskGiB':65536,'network':'br0.100','hostname':'www','cloudInit':{'userData':'#cloud-config\\n"
                + "','networkConfig':'version: 2\\n"
                + "'},'deadline':'2027-01-31t19:00:00.5+01:00','labels':{'team':'ö"
                + " ♥','empty':''},'sshHostKeys':'minted','verify':true}");
    assertThat(command)
        .isEqualTo(
            new Command.Clone(
                new CommandId("A.b_c:d-9"),
                new Name("web"),
                new Name("web-01"),
                3,
                Disk.FULL,
                true,
                512,
                16,
                65_536,
                "br0.100",
                new Name("www"),
                new CloudInit("#cloud-config\n", "version: 2\n"),
                Instant.parse("2027-01-31T18:00:00.5Z"),
                Map.of("team", "ö ♥", "empty", ""),
                true,
                true,
                null));
  }

  @Test
  void the_shortest_sysprep_gets_every_default() throws CommandRefused {
    assertThat(read("{'command':'sysprep','id':'s','domain':'Golden VM_1','template':'web'}"))
        .isEqualTo(
            new Command.Sysprep(
                new CommandId("s"),
                "Golden VM_1",
                new Name("web"),
                Source.CONSUME,
                false,
                false,
                List.of()));
  }

  @Test
  void a_sysprep_with_everything_is_read_whole() throws CommandRefused {
    Command command =
        read(
            "{'command':'sysprep','id':'s','domain':'g','template':'web','source':'keep','shutdown':true,"
                + "'keepSshAuthorizedKeys':true,'removePaths':['/var/lib/a.b_c-d/@e+f','/x']}");
    assertThat(command)
        .isEqualTo(
            new Command.Sysprep(
                new CommandId("s"),
                "g",
                new Name("web"),
                Source.KEEP,
                true,
                true,
                List.of("/var/lib/a.b_c-d/@e+f", "/x")));
  }

  @Test
  void a_drill_of_a_version_names_its_template() throws CommandRefused {
    assertThat(read("{'command':'drill','id':'d'}"))
        .isEqualTo(new Drill(new CommandId("d"), null, null));
    assertThat(read("{'command':'drill','id':'d','template':'t','version':2}"))
        .isEqualTo(new Drill(new CommandId("d"), new Name("t"), 2));
    assertThatThrownBy(() -> read("{'command':'drill','id':'d','version':2}"))
        .hasMessageContaining("without 'template'");
  }

  @Test
  void a_dry_run_holds_the_command_and_is_another_request() throws Exception {
    String clone = "{'command':'clone','id':'w','template':'t','name':'n'%s}";
    Command real = read(clone.formatted(""));
    Command dry = read(clone.formatted(",'dryRun':true"));
    assertThat(dry).isEqualTo(new DryRun(real));
    assertThat(dry.id()).isEqualTo(real.id());
    assertThat(CommandReader.canonical(dry)).isNotEqualTo(CommandReader.canonical(real));
    assertThat(read(clone.formatted(",'dryRun':false"))).isEqualTo(real);
    ObjectMapper stored = new ObjectMapper().registerModule(new JavaTimeModule());
    assertThat(stored.readValue(stored.writeValueAsString(dry), dry.type().content()))
        .isEqualTo(dry);
  }

  @Test
  void a_dry_run_of_an_import_is_read_back_as_it_was_stored() throws Exception {
    Command dry =
        read("{'command':'import','id':'i','template':'t','image':'a.img','dryRun':true}");
    assertThat(dry.placedAs()).isInstanceOf(Import.class);
    ObjectMapper stored = new ObjectMapper().registerModule(new JavaTimeModule());
    assertThat(stored.readValue(stored.writeValueAsString(dry), dry.type().content()))
        .isEqualTo(dry);
  }

  @Test
  void a_dry_run_is_not_asked_for_by_a_word_of_its_own() {
    assertThatThrownBy(() -> read("{'command':'preflight','id':'w'}"))
        .hasMessageContaining("not known");
  }

  @Test
  void a_cancel_names_another_command() throws CommandRefused {
    assertThat(read("{'command':'cancel','id':'x','target':'c-1'}"))
        .isEqualTo(new Command.Cancel(new CommandId("x"), new CommandId("c-1"), false));
  }

  @Test
  void the_message_id_serves_when_the_body_has_no_id() throws CommandRefused {
    assertThat(read("{'command':'cancel','target':'c-1'}", "m-7").id())
        .isEqualTo(new CommandId("m-7"));
  }

  @Test
  void the_body_id_wins_over_the_message_id() throws CommandRefused {
    assertThat(read("{'command':'cancel','id':'b','target':'c-1'}", "m-7").id())
        .isEqualTo(new CommandId("b"));
    assertThat(read("{'command':'cancel','id':'b','target':'c-1'}", "not legal!").id())
        .isEqualTo(new CommandId("b"));
  }

  @Test
  void a_refusal_names_the_command_it_refuses_where_it_can() {
    assertRefusedId("{'command':'clone','id':'c-1'}", "m-7", "c-1");
    assertRefusedId("{'command':'clone'}", "m-7", "m-7");
    assertRefusedId("no JSON", "m-7", "m-7");
    assertRefusedId("no JSON", "not legal!", null);
    assertRefusedId("{'command':'clone','id':'not legal!'}", "m-7", null);
    assertRefusedId("{'command':'clone','id':7}", "m-7", null);
  }

  @Test
  void a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_not() throws CommandRefused {
    String short_ = "{\"command\":\"cancel\",\"id\":\"x\",\"target\":\"c-1\"}";
    byte[] full = (short_ + " ".repeat(262_144 - short_.length())).getBytes(StandardCharsets.UTF_8);
    assertThat(reader.read(full, null)).isInstanceOf(Command.Cancel.class);
    byte[] over = (short_ + " ".repeat(262_145 - short_.length())).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> reader.read(over, null))
        .isInstanceOfSatisfying(
            CommandRefused.class,
            refused -> assertThat(refused.reason()).contains("262145 bytes").contains("262144"));
  }

  @Test
  void spacing_order_and_explicit_defaults_do_not_change_the_canonical_form()
      throws CommandRefused {
    assertThat(
            canonical(
                " { 'labels' : { 'b':'2','a':'1' },\n"
                    + "'name':'web-01','template':'web','id':'c',"
                    + " 'command':'clone','disk':'linked','start':false,'hostname':'web-01','cloudInit':{}"
                    + " } "))
        .isEqualTo(
            canonical(
                "{'command':'clone','id':'c','template':'web','name':'web-01','labels':{'a':'1','b':'2'}}"));
    assertThat(
            canonical(
                "{'command':'sysprep','id':'s','domain':'g','template':'t','removePaths':[],'source':'consume',"
                    + "'keepSshAuthorizedKeys':false}"))
        .isEqualTo(canonical("{'command':'sysprep','id':'s','domain':'g','template':'t'}"));
  }

  @Test
  void other_content_has_another_canonical_form() throws CommandRefused {
    String base = "'command':'clone','id':'c','template':'web','name':'web-01'";
    List<String> all =
        List.of(
            "",
            ",'version':1",
            ",'disk':'full'",
            ",'start':true",
            ",'cpus':2",
            ",'memoryMiB':512",
            ",'diskGiB':9",
            ",'network':'n'",
            ",'hostname':'h'",
            ",'cloudInit':{'userData':'u'}",
            ",'cloudInit':{'networkConfig':'u'}",
            ",'deadline':'2027-01-31T18:00:00Z'",
            ",'labels':{'a':'b'}",
            ",'labels':{'a':''}");
    assertThat(all.stream().map(more -> canonicalUnchecked("{" + base + more + "}")))
        .doesNotHaveDuplicates();
  }

  @Test
  void the_canonical_form_never_changes() throws CommandRefused {
    assertThat(
            canonical(
                "{'command':'clone','id':'c','template':'web','name':'web-01','cpus':2,'labels':{'b':'','a':'1'},"
                    + "'deadline':'2027-01-31T18:00:00Z'}"))
        .isEqualTo(
            "{\"cloudInit\":{},\"cpus\":2,\"deadline\":\"2027-01-31T18:00:00Z\",\"disk\":\"LINKED\","
                + "\"hostname\":\"web-01\",\"id\":\"c\",\"labels\":{\"a\":\"1\",\"b\":\"\"},\"name\":\"web-01\","
                + "\"template\":\"web\",\"command\":\"clone\"}");
  }

  private void assertRefusedId(String body, @Nullable String messageId, @Nullable String expected) {
    assertThatThrownBy(() -> read(body, messageId))
        .isInstanceOfSatisfying(
            CommandRefused.class,
            refused ->
                assertThat(refused.id())
                    .isEqualTo(expected == null ? null : new CommandId(expected)));
  }

  private String canonicalUnchecked(String body) {
    try {
      return canonical(body);
    } catch (CommandRefused e) {
      throw new AssertionError(e);
    }
  }

  private String canonical(String body) throws CommandRefused {
    return new String(CommandReader.canonical(read(body)), StandardCharsets.UTF_8);
  }

  private Command read(String body) throws CommandRefused {
    return read(body, null);
  }

  private Command read(String body, @Nullable String messageId) throws CommandRefused {
    return reader.read(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), messageId);
  }
}
