package id.cetak.fleet;

import java.util.List;

/**
 * Which hosts a command is about.
 *
 * @param hosts those that are asked, by name
 * @param silent those that have no worker now, and are not asked
 */
public record FleetPlan(List<String> hosts, List<Unread> silent) {
  public FleetPlan {
    hosts = List.copyOf(hosts);
    silent = List.copyOf(silent);
  }
}
