package id.cetak.ops;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.engine.EngineResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.ext.web.Router;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** HTTP tells how the worker is, and can change nothing: so it needs no login. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
@SuppressWarnings("NullAway.Init") // Quarkus sets the address
class HttpIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final List<String> CHANGING =
      List.of("POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND");
  private static final List<String> TOLD =
      List.of("/q/health", "/q/health/live", "/q/health/ready", "/q/health/started", "/q/metrics");
  private static final List<String> HIDDEN =
      List.of(
          "/",
          "/q",
          "/q/",
          "/index.html",
          "/commands",
          "/q/dev",
          "/q/dev-ui",
          "/q/arc",
          "/q/info",
          "/q/openapi",
          "/q/swagger-ui",
          "/q/flyway",
          "/q/scheduler",
          "/q/logging-manager",
          "/q/shutdown",
          "/actuator",
          "/..%2f..%2fetc/passwd",
          "/%00");

  @TestHTTPResource("/")
  URI root;

  private final Router router;
  private final String host;

  @Inject
  HttpIT(Router router, @ConfigProperty(name = "quarkus.http.host") String host) {
    this.router = router;
    this.host = host;
  }

  @Test
  void nothing_takes_a_method_that_could_change_something_whatever_the_path() throws Exception {
    Set<String> paths = new TreeSet<>(TOLD);
    paths.addAll(HIDDEN);
    router.getRoutes().forEach(route -> paths.add(Objects.toString(route.getPath(), "/")));
    for (String path : paths) {
      for (String method : CHANGING) {
        HttpResponse<String> answer = send(method, path);
        assertThat(answer.statusCode()).as("%s %s", method, path).isEqualTo(405);
        assertThat(answer.body()).isEmpty();
      }
    }
  }

  @Test
  void health_and_metrics_are_told_and_nothing_else_is_there_or_says_a_word_of_the_inside()
      throws Exception {
    for (String path : TOLD) {
      HttpResponse<String> answer = send("GET", path);
      assertThat(answer.statusCode()).as(path).isIn(200, 503);
      assertThat(answer.body()).as(path).doesNotContain("\tat ", "Exception:", "password");
    }
    for (String path : HIDDEN) {
      HttpResponse<String> answer = send("GET", path);
      assertThat(answer.statusCode()).as(path).isIn(400, 404);
      assertThat(answer.body()).as(path).doesNotContain("\tat ", "Exception", "id.cetak");
    }
  }

  @Test
  void it_listens_on_this_machine_alone_unless_told_otherwise() {
    assertThat(host).isIn("127.0.0.1", "localhost");
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(root.resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
