package id.cetak.template;

import java.util.List;

/** What was found to lie on a version's images. */
record FoundDependants(List<Dependant> dependants) {}
