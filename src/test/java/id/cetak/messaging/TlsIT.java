package id.cetak.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import id.cetak.app.CetakConfig;
import id.cetak.engine.FakeHost;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.TlsLab;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import io.vertx.rabbitmq.RabbitMQClient;
import io.vertx.rabbitmq.RabbitMQOptions;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import javax.sql.DataSource;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The worker by TLS: to its own broker and database it speaks, to no other. */
@QuarkusTest
@QuarkusTestResource(value = TlsResource.class, restrictToAnnotatedClass = true)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // the resource sets what is needed
class TlsIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  TlsLab lab;
  int port;

  private final DataSource database;
  private final Vertx vertx;

  @Inject
  TlsIT(DataSource database, Vertx vertx) {
    this.database = database;
    this.vertx = vertx;
  }

  @Test
  @Order(1)
  void the_main_path_works_and_every_connection_is_by_tls() throws Exception {
    try (id.cetak.lab.Broker broker =
        new id.cetak.lab.Broker(
            "amqps://%s:%s@localhost:%d"
                .formatted(Containers.user(), Containers.password(), lab.amqpsPort()))) {
      FakeHost.golden("sealed-by-tls");
      broker.send("host.engine", Commands.sysprep("tls-1", "sealed-by-tls", "tls", ""));
      assertThat(broker.outcome("tls-1", SOON).type()).isEqualTo("cetak.template.sealed");
      broker.send("any", Commands.clone("tls-2", "tls", "cloned-by-tls", ""));
      assertThat(broker.outcome("tls-2", SOON).type()).isEqualTo("cetak.clone.completed");
    }
    String connections = lab.rabbitmqctl("-q", "list_connections", "ssl", "ssl_protocol");
    assertThat(connections).contains("true").doesNotContain("false");
    assertThat(connections.lines().filter(line -> line.startsWith("true")).count())
        .as("three consumers, one publisher, one watch")
        .isGreaterThanOrEqualTo(5);
    try (Connection connection = database.getConnection();
        ResultSet row =
            connection
                .createStatement()
                .executeQuery(
                    "select bool_and(ssl), min(version) from pg_stat_ssl join pg_stat_activity"
                        + " using (pid) where client_addr is not null")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getBoolean(1)).isTrue();
      assertThat(row.getString(2)).isIn("TLSv1.2", "TLSv1.3");
    }
  }

  @Test
  @Order(2)
  void health_is_told_by_https_alone() throws Exception {
    HttpResponse<String> ready = get(lab.ca(), "localhost");
    assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
    assertThat(ready.body()).contains("\"broker\"");
    assertThatThrownBy(() -> get(lab.anotherCa(), "localhost")).isInstanceOf(SSLException.class);
    assertThatThrownBy(() -> get(lab.ca(), "127.0.0.1")).isInstanceOf(SSLException.class);
  }

  @Test
  @Order(3)
  void a_broker_of_another_ca_or_name_is_refused_by_both_clients_with_what_to_do() {
    refused("localhost", lab.anotherCa(), "of a CA that cetak.broker.tls-ca does not hold");
    refused("127.0.0.1", lab.ca(), "for another name: set RABBITMQ_HOST");
  }

  @Test
  @Order(4)
  void a_database_of_another_ca_or_name_is_refused() {
    assertThatThrownBy(() -> connect("localhost", lab.anotherCa()))
        .hasStackTraceContaining("unable to find valid certification path");
    assertThatThrownBy(() -> connect("127.0.0.1", lab.ca()))
        .hasMessageContaining("127.0.0.1")
        .hasMessageContaining("could not be verified");
  }

  @Test
  @Order(5)
  void keys_that_check_less_are_refused_at_start() {
    for (String key : new String[] {"rabbitmq-ssl", "rabbitmq-trust-all"}) {
      assertThatThrownBy(() -> tls("localhost", Map.of(key, "true")))
          .hasMessageContaining(key)
          .hasMessageContaining("Set cetak.broker.tls-ca");
    }
    assertThatThrownBy(() -> tls("localhost", Map.of("cetak.broker.tls-ca", "/no/such.pem")))
        .hasMessageContaining("/no/such.pem")
        .hasMessageContaining("Give the CA's certificate as PEM");
  }

  @Test
  @Order(6)
  void servers_whose_certificate_has_expired_are_refused() {
    lab.expire();
    refused("localhost", lab.ca(), "has expired: make it a new one");
    org.awaitility.Awaitility.await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> connect("localhost", lab.ca()))
                    .hasStackTraceContaining("CertificateExpiredException"));
  }

  private void refused(String host, Path ca, String remedy) {
    Map<String, String> trust = Map.of("cetak.broker.tls-ca", ca.toString());
    SmallRyeConfig config = config(host, trust);
    Throwable ours =
        catchThrowable(
            () ->
                new Broker(
                        config, new BrokerTls(config.getConfigMapping(CetakConfig.class), config))
                    .open("test"));
    assertThat(ours).isInstanceOf(SSLException.class);
    assertThat(Broker.why(ours)).startsWith("TLS to RabbitMQ failed").contains(remedy);

    RabbitMQOptions options =
        tls(host, trust)
            .customize(
                "test",
                config,
                new RabbitMQOptions()
                    .setHost(host)
                    .setPort(lab.amqpsPort())
                    .setUser(Containers.user())
                    .setPassword(Containers.password())
                    .setReconnectAttempts(0));
    Throwable theirs =
        catchThrowable(
            () ->
                RabbitMQClient.create(vertx, options)
                    .start()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS));
    assertThat(theirs).hasStackTraceContaining("SSLHandshakeException");
  }

  private BrokerTls tls(String host, Map<String, String> more) {
    SmallRyeConfig config = config(host, more);
    return new BrokerTls(config.getConfigMapping(CetakConfig.class), config);
  }

  private SmallRyeConfig config(String host, Map<String, String> more) {
    return BrokerLab.config(
        new BrokerLab.Rabbit(host, lab.amqpsPort(), Containers.user(), Containers.password()),
        more);
  }

  private void connect(String host, Path ca) throws Exception {
    DriverManager.getConnection(
            "jdbc:postgresql://%s:%d/cetak?sslmode=verify-full&sslrootcert=%s"
                .formatted(host, lab.postgresPort(), ca),
            Containers.user(),
            Containers.password())
        .close();
  }

  private HttpResponse<String> get(Path ca, String host) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var pem = Files.newInputStream(ca)) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder()
        .sslContext(context)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create("https://%s:%d/q/health/ready".formatted(host, port)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
