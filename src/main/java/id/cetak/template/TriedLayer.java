package id.cetak.template;

import id.cetak.hypervisor.Barrier.Layer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A layer of a version's barrier as a drill found it.
 *
 * @param waived whether the configuration accepts that it is missing
 * @param remedy null while it holds
 */
record TriedLayer(
    Layer layer, boolean holds, boolean waived, String finding, @Nullable String remedy) {
  boolean broken() {
    return !holds && !waived;
  }

  Map<String, Object> eventData() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("layer", layer.name());
    data.put("holds", holds);
    data.put("waived", waived);
    data.put("finding", finding);
    if (remedy != null) {
      data.put("remedy", remedy);
    }
    return data;
  }
}
