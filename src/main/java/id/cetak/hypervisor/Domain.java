package id.cetak.hypervisor;

import java.util.UUID;

/**
 * A libvirt domain as it stood when it was looked at.
 *
 * @param xml the inactive definition, as libvirt writes it
 */
public record Domain(String name, UUID uuid, PowerState state, String xml, boolean persistent) {}
