package id.cetak.clone;

import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * Takes out of the definition what it says of the images below the disks. Most definitions say
 * nothing of them, and are left alone.
 */
class FlattenDefineStep implements Step {
  private final Hypervisor hypervisor;

  FlattenDefineStep(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  @Override
  public String name() {
    return "define";
  }

  @Override
  public boolean cheap() {
    return true;
  }

  @Override
  public @Nullable Object run(Run run) {
    FlattenPlan plan = run.plan(FlattenPlan.class);
    Set<String> targets =
        plan.disks().stream().map(FlattenPlan.Overlay::target).collect(Collectors.toSet());
    hypervisor
        .find(plan.cloneId())
        .map(domain -> DomainXml.parse(domain.xml()))
        .filter(xml -> forgetsChain(xml, targets))
        .ifPresent(
            xml -> {
              run.check();
              hypervisor.define(xml.text());
            });
    return null;
  }

  private static boolean forgetsChain(DomainXml xml, Set<String> targets) {
    boolean changed = false;
    for (int n = 0; n < xml.disks().size(); n++) {
      DomainDisk disk = xml.disks().get(n);
      Element element = xml.devices("disk").get(n);
      if (targets.contains(disk.target()) && DomainXml.child(element, "backingStore").isPresent()) {
        Markup.removeChildren(element, "backingStore");
        changed = true;
      }
    }
    return changed;
  }

  /** The images below are the same ones or none; libvirt finds them itself. */
  @Override
  public void undo(Run run) {}
}
