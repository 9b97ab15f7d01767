package id.cetak.hypervisor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Guest tools that clean nothing and find what a test says. */
public final class FakeGuestTools implements GuestTools {
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private volatile List<Check> findings = List.of(new Check("machine-id", true, "empty"));
  private volatile Consumer<StopSignal> during = stop -> {};

  public List<String> calls() {
    return List.copyOf(calls);
  }

  public void find(Check... checks) {
    findings = List.of(checks);
  }

  /** What happens while a guest is being cleaned; gets the stop signal, as a long tool would. */
  public void duringSysprep(Consumer<StopSignal> act) {
    during = act;
  }

  @Override
  public void sysprep(List<GuestDisk> disks, SysprepOptions options, StopSignal stop) {
    calls.add("sysprep");
    during.accept(stop);
  }

  @Override
  public void clearMachineId(List<GuestDisk> disks, StopSignal stop) {
    stop.check();
    calls.add("clearMachineId");
  }

  @Override
  public List<Check> attest(List<GuestDisk> disks, StopSignal stop) {
    stop.check();
    calls.add("attest");
    return findings;
  }

  @Override
  public List<Check> attestNeverBooted(List<GuestDisk> disks, StopSignal stop) {
    stop.check();
    calls.add("attestNeverBooted");
    return findings;
  }
}
