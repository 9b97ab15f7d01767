package id.cetak.template;

import java.util.List;

/** What a host reports of its versions. */
record DrillReport(List<Drilled> versions) {}
