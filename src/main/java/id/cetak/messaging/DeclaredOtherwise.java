package id.cetak.messaging;

import java.io.IOException;
import java.io.Serial;

/** The broker has something under this name that differs from the contract. */
final class DeclaredOtherwise extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  DeclaredOtherwise(String what, IOException cause) {
    super(
        "%s exists with other properties than Cetak needs: %s. Remove it, or give Cetak a virtual host of its own"
            .formatted(what, Broker.why(cause)),
        cause);
  }
}
