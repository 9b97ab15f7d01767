package id.cetak.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages that are refused, each with the words that its sender is owed. */
final class BadMessages {
  private static final String CLONE = "'command':'clone','id':'c','template':'web','name':'web-01'";
  private static final String SYSPREP =
      "'command':'sysprep','id':'s','domain':'g','template':'web'";

  /**
   * One such message.
   *
   * @param field the field at fault; null when none is
   * @param words a part of the reason
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes are what a message is made of
  record Bad(byte[] body, @Nullable String messageId, @Nullable String field, String words) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private BadMessages() {}

  static List<Bad> all() {
    List<Bad> all = new ArrayList<>();
    bodies(all);
    envelopes(all);
    clones(all);
    labelsAndFiles(all);
    syspreps(all);
    versions(all);
    return all;
  }

  private static void versions(List<Bad> all) {
    for (String word : List.of("promote", "recall", "retire")) {
      String start = "{'id':'v','command':'" + word + "','template':'web'";
      bad(all, start + "}", "version", "The field 'version' is missing");
      bad(all, start + ",'version':0}", "version", "'version' must be");
      bad(all, start + ",'version':'1'}", "version", "must be a whole number, but is a text");
      bad(all, start + ",'version':1,'force':true}", "force", "It knows");
    }
    String recall = "{'id':'v','command':'recall','template':'web','version':1,'reason':";
    bad(all, recall + "''}", "reason", "must be 1 to 500 visible characters");
    bad(all, recall + "'" + "x".repeat(501) + "'}", "reason", "must be 1 to 500 visible");
    bad(all, "{'id':'v','command':'flatten'}", "name", "The field 'name' is missing");
    bad(all, "{'id':'v','command':'flatten','name':'a','batch':'b'}", "batch", "It knows");
  }

  private static void bodies(List<Bad> all) {
    raw(all, "", "The body is empty");
    raw(all, " \n\t ", "The body is empty");
    raw(all, "null", "must be one JSON object, but is null");
    raw(all, "[]", "must be one JSON object, but is a list");
    raw(all, "[{" + CLONE + "}]", "must be one JSON object, but is a list");
    raw(all, "'clone'", "must be one JSON object, but is a text");
    raw(all, "true", "must be one JSON object, but is true");
    raw(all, "17", "must be one JSON object, but is a number");
    raw(all, "1e400", "but is a number with a fraction or exponent");
    raw(all, "clone", "The body is not JSON: line 1, column");
    raw(all, "{" + CLONE, "The body is not JSON");
    raw(
        all,
        "{" + CLONE + ",'cloudInit':{'userData':s3cr3t}}",
        "A value that is no text in quotes: was expecting");
    raw(all, "{" + CLONE + ",}", "was expecting double-quote to start field name");
    raw(all, "{command:'clone'}", "was expecting double-quote to start field name");
    raw(all, "{'command':\"cl\none\"}".replace("'", "\""), "Illegal unquoted character");
    raw(all, "{" + CLONE + ",/* why */'cpus':1}", "maybe a (non-standard) comment");
    raw(all, "{" + CLONE + ",'cpus':NaN}", "Non-standard token 'NaN'");
    raw(all, "{" + CLONE + ",'cpus':01}", "Leading zeroes not allowed");
    raw(all, "{" + CLONE + ",'cpus':+1}", "The body is not JSON");
    raw(all, "{" + CLONE + ",'cpus':" + "9".repeat(1_001) + "}", "exceeds the maximum allowed");
    raw(all, "{" + CLONE + "} x", "Something follows the JSON object");
    raw(all, "{" + CLONE + "}{" + CLONE + "}", "Something follows the JSON object");
    raw(all, "{" + CLONE + "},", "Something follows the JSON object");
    raw(all, "\uFEFF{" + CLONE + "}", "byte order mark");
    raw(all, "{'a':".repeat(9) + "1" + "}".repeat(9), "nested deeper than 8 levels");
    raw(all, "[".repeat(100_000), "nested deeper than 8 levels");
    all.add(new Bad(new byte[] {'{', (byte) 0xff, '}'}, null, null, "The body is not UTF-8"));
    all.add(new Bad(new byte[] {(byte) 0xc0, (byte) 0xaf}, null, null, "The body is not UTF-8"));
    all.add(
        new Bad(
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            null,
            null,
            "The body is not UTF-8"));
    all.add(
        new Bad(
            ("{" + CLONE + "}").getBytes(StandardCharsets.UTF_16),
            null,
            null,
            "The body is not UTF-8"));
    all.add(
        new Bad(
            ("{" + CLONE + "}").getBytes(StandardCharsets.UTF_16LE),
            null,
            null,
            "The body is not JSON"));
    all.add(new Bad(new byte[] {0x1f, (byte) 0x8b, 8, 0}, null, null, "The body is not UTF-8"));
    all.add(new Bad(new byte[300_000], null, null, "300000 bytes, more than the 262144"));
  }

  private static void imports(List<Bad> all) {
    String head = "{'id':'x','command':'import','template':'t'";
    bad(all, head + "}", "image", "The field 'image' is missing");
    for (String path :
        List.of(
            "../x.qcow2",
            "/etc/shadow",
            "a/b",
            "..",
            ".hidden",
            "",
            "-x",
            "a b",
            "nbd:host",
            "json:{}")) {
      bad(all, head + ",'image':'" + path + "'}", "image", "must be a file's name");
    }
    bad(all, head + ",'image':'" + "x".repeat(129) + "'}", "image", "1 to 128 characters");
    bad(all, head + ",'image':'i','sha256':'ABCD'}", "sha256", "64 digits of 0-9 a-f");
    bad(all, head + ",'image':'i','cpus':0}", "cpus", "from 1 to 512");
    bad(all, head + ",'image':'i','network':'-x'}", "network", "begin with none of . -");
    bad(all, head + ",'image':'i','format':'raw'}", "format", "It knows");
  }

  private static void envelopes(List<Bad> all) {
    bad(all, "{}", "id", "The command has no id: neither a field 'id' nor an AMQP message_id");
    bad(all, "{'id':'x'}", "command", "The field 'command' is missing");
    bad(
        all,
        "{'id':'x','command':null}",
        "command",
        "'command' must be a text, but is null; leave");
    bad(
        all,
        "{'id':'x','command':['clone']}",
        "command",
        "'command' must be a text, but is a list");
    bad(
        all,
        "{'id':'x','command':'Clone'}",
        "command",
        "'Clone' is not known. Did you mean 'clone'?");
    bad(all, "{'id':'x','command':'clon'}", "command", "Did you mean 'clone'?");
    bad(
        all,
        "{'id':'x','command':'start'}",
        "command",
        "There are sysprep, import, clone, clone-batch, delete, verify, audit, reconcile, promote, recall, retire, flatten, cancel, drill");
    bad(all, "{'id':'x','command':''}", "command", "The command '' is not known");
    imports(all);
    batches(all);
    bad(all, "{'id':'','command':'cancel'}", "id", "'id' must be 1 to 128 characters");
    bad(all, "{'id':'a b','command':'cancel'}", "id", "but is 'a b'");
    bad(all, "{'id':'" + "x".repeat(129) + "','command':'cancel'}", "id", "x…'");
    bad(all, "{'id':'../../etc/passwd','command':'cancel'}", "id", "but is '../../etc/passwd'");
    bad(all, "{'id':12,'command':'cancel'}", "id", "'id' must be a text, but is a number");
    bad(all, "{'id':null,'command':'cancel'}", "id", "'id' must be a text, but is null");
    all.add(
        new Bad(
            bytes("{'command':'cancel'}"), "a b", "id", "its AMQP message_id must be 1 to 128"));
    all.add(new Bad(bytes("{'command':'cancel'}"), "", "id", "neither a field 'id' nor"));
    bad(all, "{'id':'x','id':'x','command':'cancel'}", "id", "The field 'id' is there twice");
    bad(all, "{'id':'x','command':'cancel'}", "target", "The field 'target' is missing");
    bad(
        all,
        "{'id':'x','command':'cancel','target':'x'}",
        "target",
        "names the cancel command itself");
    bad(all, "{'id':'x','command':'cancel','target':'a/b'}", "target", "'target' must be 1 to 128");
    bad(all, "{'id':'x','command':'cancel','targets':['y']}", "targets", "Did you mean 'target'?");
    bad(
        all,
        "{'id':'x','command':'cancel','target':'y','@class':'z'}",
        "@class",
        "'@class' is not known to cancel");
  }

  private static void clones(List<Bad> all) {
    bad(all, "{'command':'clone','id':'c','name':'web-01'}", "template", "'template' is missing");
    bad(all, "{'command':'clone','id':'c','template':'web'}", "name", "'name' is missing");
    bad(
        all,
        "{'command':'clone','id':'c','template':'web','nmae':'w'}",
        "nmae",
        "Did you mean 'name'?");
    for (String name :
        List.of(
            "",
            ".",
            "..",
            "../../etc/passwd",
            "a/b",
            "%2e%2e",
            "-rf",
            "--help",
            "a-",
            "a b",
            "Web",
            "a.b",
            "a_b",
            "a;b",
            "$(id)",
            "`id`",
            "nbd://x",
            "json:{}",
            "a".repeat(64),
            "é",
            "ａ",
            "a\u200bb",
            "💥")) {
      bad(
          all,
          "{'command':'clone','id':'c','template':'web','name':'" + name + "'}",
          "name",
          "'name' must be 1 to 63 characters of a-z 0-9 -");
    }
    clone(all, "'name':'web-02'", "name", "The field 'name' is there twice");
    clone(all, "'hostname':'A'", "hostname", "'hostname' must be 1 to 63");
    clone(all, "'memory_mib':1", "memory_mib", "Did you mean 'memoryMiB'?");
    clone(all, "'Start':true", "Start", "Did you mean 'start'?");
    clone(all, "'__proto__':{}", "__proto__", "'__proto__' is not known to clone");
    clone(all, "'':1", "", "The field '' is not known to clone");
    clone(all, "'a\\u202eb':1", "a\\u202Eb", "The field 'a\\u202Eb' is not known");
    clone(
        all,
        "'version':0",
        "version",
        "'version' must be a whole number from 1 to 2147483647, but is '0'");
    clone(all, "'version':2147483648", "version", "but is '2147483648'");
    clone(all, "'version':'1'", "version", "'version' must be a whole number, but is a text");
    clone(all, "'version':'latest'", "version", "'version' must be a whole number, but is a text");
    clone(all, "'cpus':0", "cpus", "from 1 to 512, but is '0'");
    clone(all, "'cpus':-1", "cpus", "from 1 to 512, but is '-1'");
    clone(all, "'cpus':-0", "cpus", "from 1 to 512, but is '0'");
    clone(all, "'cpus':513", "cpus", "from 1 to 512, but is '513'");
    clone(all, "'cpus':1.5", "cpus", "a whole number, but is a number with a fraction or exponent");
    clone(all, "'cpus':2.0", "cpus", "a whole number, but is a number with a fraction or exponent");
    clone(
        all,
        "'cpus':1e999999999",
        "cpus",
        "a whole number, but is a number with a fraction or exponent");
    clone(all, "'cpus':" + "9".repeat(1_000), "cpus", "999…'");
    clone(all, "'cpus':18446744073709551617", "cpus", "but is '18446744073709551617'");
    clone(all, "'cpus':true", "cpus", "a whole number, but is true");
    clone(all, "'cpus':null", "cpus", "a whole number, but is null; leave the field out instead");
    clone(all, "'memoryMiB':15", "memoryMiB", "from 16 to 16777216, but is '15'");
    clone(all, "'memoryMiB':16777217", "memoryMiB", "but is '16777217'");
    clone(all, "'diskGiB':65537", "diskGiB", "from 1 to 65536, but is '65537'");
    clone(all, "'disk':'LINKED'", "disk", "'disk' must be 'linked' or 'full', but is 'LINKED'");
    clone(all, "'verify':true", "verify", "asks a guest that is not started");
    clone(all, "'verify':1,'start':true", "verify", "'verify' must be true or false");
    clone(
        all,
        "'sshHostKeys':'worker'",
        "sshHostKeys",
        "'sshHostKeys' must be 'guest' or 'minted', but is 'worker'");
    clone(all, "'disk':{}", "disk", "'disk' must be a text, but is an object");
    clone(all, "'start':'yes'", "start", "'start' must be true or false, but is a text");
    clone(all, "'dryRun':'yes'", "dryRun", "'dryRun' must be true or false, but is a text");
    clone(all, "'start':1", "start", "'start' must be true or false, but is a number");
    clone(all, "'network':''", "network", "'network' must be 1 to 63 characters");
    clone(all, "'network':'-x'", "network", "'network' must be 1 to 63 characters");
    clone(all, "'network':'..'", "network", "'network' must be 1 to 63 characters");
    clone(all, "'network':'a b'", "network", "'network' must be 1 to 63 characters");
    clone(all, "'network':'</source>'", "network", "but is '</source>'");
    clone(
        all,
        "'network':'" + "n".repeat(64) + "'",
        "network",
        "'network' must be 1 to 63 characters");
    for (String time :
        List.of(
            "",
            "tomorrow",
            "2027-01-31",
            "2027-01-31T18:00:00",
            "2027-01-31 18:00:00Z",
            "2027-01-31T18:00Z",
            "2027-01-31T18:00:00+0100",
            "1706724000",
            "+12027-01-31T18:00:00Z",
            "２０２７-01-31T18:00:00Z")) {
      clone(
          all, "'deadline':'" + time + "'", "deadline", "'deadline' must be an RFC 3339 timestamp");
    }
    clone(all, "'deadline':'2027-02-29T18:00:00Z'", "deadline", "and a moment that exists");
    clone(all, "'deadline':'2027-01-31T24:00:01Z'", "deadline", "and a moment that exists");
    clone(all, "'deadline':1706724000", "deadline", "'deadline' must be a text, but is a number");
  }

  private static void labelsAndFiles(List<Bad> all) {
    clone(
        all,
        "'cloudInit':'#cloud-config'",
        "cloudInit",
        "'cloudInit' must be an object, but is a text");
    clone(all, "'cloudInit':{'user-data':'x'}", "cloudInit.user-data", "Did you mean 'userData'?");
    clone(
        all,
        "'cloudInit':{'userData':{'a':1}}",
        "cloudInit.userData",
        "must be a text, but is an object");
    clone(all, "'cloudInit':{'userData':''}", "cloudInit.userData", "must not be empty");
    clone(
        all, "'cloudInit':{'userData':null}", "cloudInit.userData", "must be a text, but is null");
    clone(
        all,
        "'cloudInit':{'userData':'a\\u0000b'}",
        "cloudInit.userData",
        "holds the character U+0000");
    clone(
        all,
        "'cloudInit':{'networkConfig':'\\ud800'}",
        "cloudInit.networkConfig",
        "U+D800, half of a surrogate pair");
    clone(all, "'labels':['a']", "labels", "'labels' must be an object, but is a list");
    clone(all, "'labels':{'a':1}", "labels.a", "'labels.a' must be a text, but is a number");
    clone(all, "'labels':{'A':'x'}", "labels.A", "The key 'labels.A' must be 1 to 63");
    clone(all, "'labels':{'a':'x','a':'y'}", "labels.a", "The field 'labels.a' is there twice");
    clone(
        all,
        "'labels':{'a':'" + "v".repeat(256) + "'}",
        "labels.a",
        "'labels.a' must be at most 255");
    clone(all, "'labels':{'a':'x\\ny'}", "labels.a", "'labels.a' must be at most 255 visible");
    clone(all, "'labels':{'\\udc00':'x'}", "labels", "U+DC00, half of a surrogate pair");
    StringBuilder many = new StringBuilder("'l0':''");
    for (int i = 1; i <= 64; i++) {
      many.append(",'l").append(i).append("':''");
    }
    clone(all, "'labels':{" + many + "}", "labels", "'labels' has 65 entries, more than the 64");
  }

  private static void syspreps(List<Bad> all) {
    for (String domain :
        List.of(
            "",
            ".",
            "..",
            "-a",
            "--help",
            "a/b",
            "/",
            "a\\tb",
            "a\\u202eb",
            "a\\u2066b",
            "a\\u200bb",
            "\\ufeffx",
            "d".repeat(256))) {
      bad(
          all,
          "{'command':'sysprep','id':'s','template':'web','domain':'" + domain + "'}",
          "domain",
          "'domain' must be a libvirt domain's name");
    }
    sysprep(
        all,
        "'source':'delete'",
        "source",
        "'source' must be 'consume' or 'keep', but is 'delete'");
    sysprep(
        all, "'shutdown':'true'", "shutdown", "'shutdown' must be true or false, but is a text");
    sysprep(
        all,
        "'name':'x'",
        "name",
        "The field 'name' is not known to sysprep. It knows command, id, domain");
    sysprep(
        all,
        "'removePaths':'/tmp'",
        "removePaths",
        "'removePaths' must be a list of texts, but is a text");
    sysprep(
        all,
        "'removePaths':[1]",
        "removePaths[0]",
        "'removePaths[0]' must be a text, but is a number");
    for (String path :
        List.of(
            "",
            "/",
            "//",
            "/.",
            "/./",
            "/a/..",
            "/../etc",
            "/a..b",
            "etc",
            "-rf",
            "/a b",
            "/a*",
            "/a/",
            "//a",
            "/a;b",
            "/$HOME",
            "/a\\nb",
            "/ä",
            "~/x",
            "/" + "a".repeat(4_096))) {
      sysprep(
          all,
          "'removePaths':['/ok','" + path + "']",
          "removePaths[1]",
          "must be an absolute path in the guest");
    }
    sysprep(
        all,
        "'removePaths':[" + "'/a',".repeat(100) + "'/a']",
        "removePaths",
        "has 101 entries, more than the 100");
  }

  private static void clone(List<Bad> all, String more, String field, String words) {
    bad(all, "{" + CLONE + "," + more + "}", field, words);
  }

  private static void sysprep(List<Bad> all, String more, String field, String words) {
    bad(all, "{" + SYSPREP + "," + more + "}", field, words);
  }

  private static void raw(List<Bad> all, String body, String words) {
    all.add(new Bad(bytes(body), null, null, words));
  }

  private static void bad(List<Bad> all, String body, String field, String words) {
    all.add(new Bad(bytes(body), null, field, words));
  }

  private static byte[] bytes(String body) {
    return body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static void batches(List<Bad> all) {
    batch(all, "", "names", "'names' is missing");
    batch(all, ",'names':'a-%d'", "count", "'count' is missing");
    batch(all, ",'names':'a-%d','count':0", "count", "from 1 to 10000");
    batch(all, ",'names':'a-%d','count':10001", "count", "from 1 to 10000");
    batch(all, ",'count':2,'names':'a'", "names", "one %d");
    batch(all, ",'count':2,'names':'%d-%d'", "names", "one %d");
    batch(all, ",'count':2,'names':'a-%s'", "names", "one %d");
    batch(all, ",'count':2,'names':'a-%99d'", "names", "one %d");
    batch(all, ",'count':2,'names':'../%d'", "names", "one %d");
    batch(all, ",'count':2,'names':'a-%d','hostname':'A-%d'", "hostname", "one %d");
    batch(all, ",'count':2,'names':'a-%d','first':-1", "first", "from 0 to 1000000");
    batch(all, ",'nameList':[]", "nameList", "Name at least one");
    batch(all, ",'nameList':['a','a']", "nameList", "'a' twice");
    batch(all, ",'nameList':['-rf']", "nameList[0]", "must be a clone's name");
    batch(all, ",'nameList':['a'],'count':1", "nameList", "stands beside");
    batch(all, ",'nameList':['a'],'zz':'b'", "zz", "not known to clone-batch. It knows command");
    batch(all, ",'nameList':['a'],'onFailure':'ignore'", "onFailure", "'continue' or 'stop' or");
    batch(all, ",'nameList':['a'],'ips':'localhost-localhost'", "ips", "a range of IPv4");
    batch(all, ",'nameList':['a'],'ips':'192.0.2.300-192.0.2.301'", "ips", "a range of IPv4");
    bad(
        all,
        "{'id':'x','command':'delete'}",
        "name",
        "Give a clone's 'name', or the command id of a 'batch'");
    bad(all, "{'id':'x','command':'delete','name':'a','batch':'b'}", "batch", "names one thing");
    bad(all, "{'id':'x','command':'delete','name':'../a'}", "name", "1 to 63 characters");
    bad(all, "{'id':'x','command':'delete','batch':'b/1'}", "batch", "1 to 128 characters");
    bad(all, "{'id':'x','command':'cancel','target':'y','clones':'burn'}", "clones", "'keep' or");
  }

  private static void batch(List<Bad> all, String fields, String field, String words) {
    bad(all, "{'id':'x','command':'clone-batch','template':'t'" + fields + "}", field, words);
  }
}
