package id.cetak.ops;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;

/**
 * HTTP is for looking: whatever route there is, of ours or of a library, no method reaches it but
 * those that read. That is why none needs a login.
 */
@ApplicationScoped
class ReadOnly {
  private static final int BEFORE_ALL_OTHERS = 10_000;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  void register(@Observes Filters filters) {
    filters.register(ReadOnly::demandReading, BEFORE_ALL_OTHERS);
  }

  private static void demandReading(RoutingContext request) {
    if (READING.contains(request.request().method())) {
      request.next();
    } else {
      request.response().setStatusCode(METHOD_NOT_ALLOWED).putHeader("Allow", "GET, HEAD").end();
    }
  }
}
