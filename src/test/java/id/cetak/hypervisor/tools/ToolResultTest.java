package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToolResultTest {
  @Test
  void last_words_are_the_errors_without_progress_and_advice() {
    var result =
        new ToolResult(
            1,
            "[   0.0] Examining the guest ...\n    (12.5/100%)\r",
            """
            [   0.1] Examining the guest ...
            virt-sysprep: error: no operating systems were found in the guest image
            *stdin*:0: libguestfs: error: guestfs_launch failed.
            This usually means the libguestfs appliance failed to start or crashed.
            Do:
              export LIBGUESTFS_DEBUG=1 LIBGUESTFS_TRACE=1
            and run the command again.  For further information, read:
              http://libguestfs.org/guestfs-faq.1.html#debugging-libguestfs
            You can also run 'libguestfs-test-tool' and post the *complete* output
            into a bug report or message to the libguestfs mailing list.

            If reporting bugs, run virt-sysprep with debugging enabled and include
            the complete output:

              virt-sysprep -v -x [...]
            """);
    assertThat(result.lastWords())
        .isEqualTo(
            "virt-sysprep: error: no operating systems were found in the guest image;"
                + " libguestfs: error: guestfs_launch failed.");
  }

  @Test
  void without_errors_the_output_speaks_and_silence_is_named() {
    assertThat(new ToolResult(1, "[  1.0] Setting\nfailed\n", "").lastWords()).isEqualTo("failed");
    assertThat(new ToolResult(137, "", " \n").lastWords()).contains("nothing", "137");
  }

  @Test
  void hostile_words_are_short_and_on_one_line() {
    String words = new ToolResult(1, "", "\u001b[2J\u0000a\r\nb\t" + "x".repeat(9000)).lastWords();
    assertThat(words).hasSizeLessThanOrEqualTo(600).matches("\\P{Cntrl}*");
  }
}
