package id.cetak.ops;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A request by any method, before the filter that lets only readers through. */
public final class ReadOnlyFuzz {
  private ReadOnlyFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        Input.of("GET"),
        Input.of("HEAD"),
        Input.of("POST"),
        Input.of("get"),
        Input.of("GET "),
        Input.of("CONNECT"),
        Input.of("DELETE"),
        Input.of("OPTIONS"));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    String method = new Input(data).text();
    Claims.bounded(data.length, 400, () -> judge(method));
  }

  private static void judge(String text) {
    HttpMethod method;
    try {
      method = HttpMethod.valueOf(text);
    } catch (IllegalArgumentException e) {
      // The server answers such a line itself.
      return;
    }
    var passed = new AtomicBoolean();
    var status = new AtomicInteger();
    RoutingContext request = request(method, passed, status);
    Filters filters = new Filters();
    new ReadOnly().register(filters);
    filters.getFilters().forEach(filter -> filter.getHandler().handle(request));
    boolean reads = method.name().equals("GET") || method.name().equals("HEAD");
    hold(passed.get() == reads, "_ is let through: _", method, passed.get());
    hold(status.get() == (reads ? 0 : 405), "_ is answered _", method, status.get());
  }

  private static RoutingContext request(
      HttpMethod method, AtomicBoolean passed, AtomicInteger status) {
    HttpServerResponse response =
        proxy(
            HttpServerResponse.class,
            (self, call, arguments) -> {
              if (call.getName().equals("setStatusCode")) {
                status.set((Integer) arguments[0]);
              }
              return call.getReturnType().isInstance(self) ? self : null;
            });
    HttpServerRequest request =
        proxy(
            HttpServerRequest.class,
            (self, call, arguments) -> call.getName().equals("method") ? method : response);
    return proxy(
        RoutingContext.class,
        (self, call, arguments) ->
            switch (call.getName()) {
              case "request" -> request;
              case "response" -> response;
              case "next" -> {
                passed.set(true);
                yield null;
              }
              default -> throw new IllegalStateException(call.getName());
            });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            ReadOnlyFuzz.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
