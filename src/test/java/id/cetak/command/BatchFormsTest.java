package id.cetak.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchFormsTest {
  private final CommandReader reader = new CommandReader(262_144);

  @Test
  void names_count_with_as_many_digits_as_they_ask_for() throws CommandRefused {
    BatchNames names = batch("'count':3,'first':99,'names':'web-%03d'").names();
    assertThat(List.of(names.name(99), names.name(100), names.name(101)))
        .containsExactly(new Name("web-099"), new Name("web-100"), new Name("web-101"));
    assertThat(names.hostname(100)).isEqualTo(new Name("web-100"));
  }

  @Test
  void a_list_gives_each_clone_its_own_name() throws CommandRefused {
    BatchNames names = batch("'nameList':['ada','grace'],'hostname':'pc-%d'").names();
    assertThat(names.count()).isEqualTo(2);
    assertThat(names.name(1)).isEqualTo(new Name("ada"));
    assertThat(names.name(2)).isEqualTo(new Name("grace"));
    assertThat(names.hostname(2)).isEqualTo(new Name("pc-2"));
  }

  @Test
  void a_pattern_whose_last_name_is_too_long_is_refused() {
    refused("'count':2,'first':9,'names':'" + "a".repeat(61) + "-%d'", "number 10");
  }

  @Test
  void a_placeholder_with_a_typing_error_is_refused_by_its_line() {
    refused(
        "'nameList':['a'],'cloudInit':{'userData':'a: {{name}}\\nx: {{nmae}}'}",
        "'cloudInit.userData' has in line 2 double braces");
    refused("'nameList':['a'],'cloudInit':{'userData':'x: {{nmae}}'}", "Did you mean {{name}}?");
    refused("'nameList':['a'],'cloudInit':{'networkConfig':'x: {{mac-of-it}}'}", "in line 1");
  }

  @Test
  void an_address_without_a_range_is_refused() {
    refused("'nameList':['a'],'cloudInit':{'userData':'x: {{ip}}'}", "no range");
  }

  @Test
  void a_range_that_is_shorter_than_the_batch_is_refused_with_both_numbers() {
    refused(
        "'nameList':['a','b','c'],'ips':'192.0.2.1-192.0.2.2'", "holds 2 addresses for 3 clones");
  }

  @Test
  void what_cloud_init_fills_itself_is_left_alone() throws CommandRefused {
    assertThat(
            batch("'nameList':['a'],'cloudInit':{'userData':'{{ v1.local_hostname }} {% if x %}'}")
                .options()
                .cloudInit()
                .userData())
        .isEqualTo("{{ v1.local_hostname }} {% if x %}");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.254-192.0.3.1, 4, 2, 192.0.3.0",
    "10.0.0.0-10.0.0.0, 1, 0, 10.0.0.0",
    "255.255.255.254-255.255.255.255, 2, 1, 255.255.255.255",
    "2001:db8::ffff-2001:db8::1:0, 2, 1, 2001:db8:0:0:0:0:1:0"
  })
  void a_range_counts_through_its_addresses(String range, int size, int offset, String address) {
    AddressRange addresses = new AddressRange(range);
    assertThat(addresses.size()).isEqualTo(size);
    assertThat(addresses.address(offset)).isEqualTo(address);
    assertThatThrownBy(() -> addresses.address(size)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.2-192.0.2.1",
    "192.0.2.1",
    "192.0.2.1-::2",
    "example.org-example.org",
    "1.2.3-1.2.4",
    "0x7f.0.0.1-0x7f.0.0.2",
    "192.0.2.01e-192.0.2.3",
    "::1%lo-::2%lo"
  })
  void what_is_no_range_of_addresses_is_none(String text) {
    assertThat(AddressRange.isLegal(text)).isFalse();
  }

  @Test
  void a_value_that_could_be_markup_is_never_filled_in() {
    assertThat(Placeholders.fill("a {{name}} {{name}}$1", Map.of("name", "x-1")))
        .isEqualTo("a x-1 x-1$1");
    assertThatThrownBy(() -> Placeholders.fill("{{name}}", Map.of("name", "x\nroot: true")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Placeholders.fill("{{ip}}", Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void no_caller_can_name_a_command_of_a_batchs_own() {
    CommandId member = new CommandId("b").member(7);
    assertThat(CommandId.isLegal(member.value())).isFalse();
    assertThat(member.deletion().value()).isEqualTo("b/7/delete");
  }

  private Command.CloneBatch batch(String fields) throws CommandRefused {
    String body =
        "{'command':'clone-batch','id':'b','template':'t',%s}".formatted(fields).replace('\'', '"');
    return (Command.CloneBatch) reader.read(body.getBytes(UTF_8), null);
  }

  private void refused(String fields, String words) {
    assertThatThrownBy(() -> batch(fields))
        .isInstanceOfSatisfying(
            CommandRefused.class, refused -> assertThat(refused.reason()).contains(words));
  }
}
