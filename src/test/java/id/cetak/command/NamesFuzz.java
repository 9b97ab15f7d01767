package id.cetak.command;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One text as each kind of name, pattern, range and template that a command may hold. */
public final class NamesFuzz {
  private static final Path FOLDER = Path.of("/images");

  private NamesFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        Input.of("web-01"),
        Input.of("web-%03d"),
        Input.of("%d"),
        Input.of("order-4711/7/delete"),
        Input.of("192.0.2.10-192.0.2.99"),
        Input.of("2001:db8::1-2001:db8::ff"),
        Input.of("::ffff:1.2.3.4-::ffff:1.2.3.5"),
        Input.of("hostname: {{name}}\naddress: {{ip}}/24 # {{index}} {{ v1.region }} {{nmae}}"),
        Input.of("{{{{name}}}}"),
        Input.of("../../etc/passwd"));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Input input = new Input(data);
    int index = input.number() * 4_000;
    String text = input.text();
    Claims.bounded(
        data.length,
        400,
        () -> {
          name(text);
          id(text);
          pattern(text, index);
          range(text);
          filled(text);
        });
  }

  private static void name(String text) {
    if (Name.isLegal(text)) {
      String name = new Name(text).value();
      hold(name.length() <= 63 && name.matches("[a-z0-9-]+"), "the name _", name);
      hold(FOLDER.equals(FOLDER.resolve(name).normalize().getParent()), "the path _", name);
      return;
    }
    try {
      new Name(text);
      throw new AssertionError("an illegal name was taken: " + text);
    } catch (IllegalArgumentException e) {
      Claims.printable(String.valueOf(e.getMessage()));
    }
  }

  private static void id(String text) {
    if (CommandId.isLegal(text)) {
      hold(text.length() <= 128 && text.indexOf('/') < 0, "the id _", text);
      CommandId id = new CommandId(text);
      List<CommandId> made = List.of(id.member(3), id.member(3).deletion(), id.verification());
      hold(Set.copyOf(made).size() == 3, "ids of _ are the same", text);
      hold(made.stream().noneMatch(own -> CommandId.isLegal(own.value())), "the ids _", made);
    }
  }

  private static void pattern(String text, int index) {
    if (!BatchNames.isPattern(text)) {
      return;
    }
    try {
      Name one = BatchNames.filled(text, index);
      Name next = BatchNames.filled(text, index + 1);
      hold(!one.equals(next), "two clones are called _", one);
    } catch (IllegalArgumentException e) {
      Claims.printable(String.valueOf(e.getMessage()));
    }
  }

  private static void range(String text) {
    if (!AddressRange.isLegal(text)) {
      return;
    }
    AddressRange range = new AddressRange(text);
    hold(range.size() > 0, "the range _ is empty", text);
    for (int offset : new int[] {0, range.size() / 2, range.size() - 1}) {
      String address = range.address(offset);
      AddressRange alone = new AddressRange(address + "-" + address);
      hold(alone.size() == 1 && alone.address(0).equals(address), "the address _", address);
    }
  }

  private static void filled(String text) {
    try {
      String filled =
          Placeholders.fill(text, Map.of("name", "web-07", "index", "7", "ip", "2001:db8::7"));
      String wanted =
          text.replace("{{name}}", "web-07")
              .replace("{{index}}", "7")
              .replace("{{ip}}", "2001:db8::7");
      hold(Placeholders.unknown(text).isEmpty(), "an unknown word was left: _", text);
      hold(filled.equals(wanted), "filled as _", filled);
    } catch (IllegalArgumentException e) {
      hold(Placeholders.unknown(text).isPresent(), "not filled: _", text);
    }
  }
}
