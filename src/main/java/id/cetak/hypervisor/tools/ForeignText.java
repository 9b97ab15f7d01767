package id.cetak.hypervisor.tools;

/** Words that a guest or an image brought, fit for a sentence of ours. */
final class ForeignText {
  private ForeignText() {}

  /** The text with a question mark for each character that an eye cannot see. */
  static String shown(String text) {
    return text.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
  }
}
