package id.cetak.hypervisor.tools;

/** Why a stranger's image is not taken: the middle of a sentence. */
final class Unfit extends Exception {
  private static final long serialVersionUID = 1L;

  private final String why;

  Unfit(String why) {
    super(why, null, false, false);
    this.why = why;
  }

  String why() {
    return why;
  }

  static void when(boolean unfit, String why) throws Unfit {
    if (unfit) {
      throw new Unfit(why);
    }
  }
}
