package id.cetak.command;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A range of IP addresses of one family, both ends included, as {@code 192.0.2.10-192.0.2.99}. It
 * is the caller's own: nothing is reserved by it.
 */
public record AddressRange(@JsonValue String text) {
  /** What a range must be, as the end of a sentence. */
  static final String RULE =
      "must be a range of IPv4 or IPv6 addresses, such as 192.0.2.10-192.0.2.99";

  // Only what is an address already: a name would be looked up.
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:]*(:[0-9.]+)?");

  @JsonCreator
  public AddressRange {
    if (!isLegal(text)) {
      throw new IllegalArgumentException(RULE);
    }
  }

  static boolean isLegal(String text) {
    String[] ends = text.split("-", -1);
    return ends.length == 2
        && isAddress(ends[0])
        && isAddress(ends[1])
        && bytes(ends[0]).length == bytes(ends[1]).length
        && number(ends[0]).compareTo(number(ends[1])) <= 0;
  }

  /** How many addresses it holds, at most {@code Integer.MAX_VALUE}. */
  public int size() {
    BigInteger size = number(end(1)).subtract(number(end(0))).add(BigInteger.ONE);
    return size.bitLength() < Integer.SIZE ? size.intValue() : Integer.MAX_VALUE;
  }

  /**
   * The address at a place of the range.
   *
   * @param offset from 0 to one below {@link #size}
   */
  public String address(int offset) {
    if (offset < 0 || offset >= size()) {
      throw new IllegalArgumentException(
          "Range %s has no address number %d".formatted(text, offset));
    }
    byte[] first = bytes(end(0));
    byte[] sum = number(end(0)).add(BigInteger.valueOf(offset)).toByteArray();
    byte[] address = new byte[first.length];
    for (int i = 1; i <= Math.min(sum.length, address.length); i++) {
      address[address.length - i] = sum[sum.length - i];
    }
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("An address of %d bytes".formatted(address.length), e);
    }
  }

  private String end(int which) {
    return text.split("-", -1)[which];
  }

  private static boolean isAddress(String text) {
    if (IPV4.matcher(text).matches()) {
      return true;
    }
    if (text.length() > 45 || !IPV6.matcher(text).matches()) {
      return false;
    }
    try {
      return InetAddress.getByName(text).getAddress().length == 16;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static BigInteger number(String address) {
    return new BigInteger(1, bytes(address));
  }

  private static byte[] bytes(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(RULE, e);
    }
  }
}
