package id.cetak.hypervisor.libvirt;

import org.jspecify.annotations.Nullable;
import org.libvirt.LibvirtException;

/** Where commands for one guest's agent go. */
@FunctionalInterface
interface AgentChannel {
  /** Sends one command, and returns the agent's answer as JSON; null when it says no. */
  @Nullable String send(String command) throws LibvirtException;
}
