package id.cetak.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LinkIT {
  @Test
  void watches_that_begin_at_once_on_one_link_are_not_refused() throws Exception {
    int watches = 4;
    ExecutorService threads = Executors.newFixedThreadPool(watches);
    try {
      for (int round = 0; round < 50; round++) {
        Link link = Link.open("test:///default", Duration.ofSeconds(5), () -> {});
        assertThat(link.enter()).isTrue();
        CyclicBarrier start = new CyclicBarrier(watches);
        List<Future<?>> all = new ArrayList<>();
        for (int n = 0; n < watches; n++) {
          all.add(
              threads.submit(
                  () -> {
                    start.await();
                    link.listen((domain, event) -> 0);
                    return null;
                  }));
        }
        for (Future<?> one : all) {
          one.get();
        }
        link.drop();
        link.leave();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
