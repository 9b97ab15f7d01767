package id.cetak.messaging;

import id.cetak.engine.EngineResource;
import id.cetak.lab.Containers;
import id.cetak.lab.TlsLab;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/** A worker all of whose connections are by TLS. */
public final class TlsResource implements QuarkusTestResourceLifecycleManager {
  private final TlsLab lab = new TlsLab();
  private final int port = Containers.freePort();

  @Override
  public Map<String, String> start() {
    Map<String, String> settings = new HashMap<>(new EngineResource().start());
    settings.put("rabbitmq-host", "localhost");
    settings.put("rabbitmq-port", Integer.toString(lab.amqpsPort()));
    settings.put("cetak.broker.tls-ca", lab.ca().toString());
    settings.put(
        "quarkus.datasource.jdbc.url",
        "jdbc:postgresql://localhost:%d/cetak?sslmode=verify-full&sslrootcert=%s"
            .formatted(lab.postgresPort(), lab.ca()));
    settings.put("quarkus.http.ssl.certificate.files", lab.file("worker.pem").toString());
    settings.put("quarkus.http.ssl.certificate.key-files", lab.file("worker.key").toString());
    settings.put("quarkus.http.insecure-requests", "disabled");
    settings.put("quarkus.http.test-ssl-port", Integer.toString(port));
    return settings;
  }

  /** After the resource of the other tests, which is there for all: what is set here counts. */
  @Override
  public int order() {
    return 1;
  }

  @Override
  public void inject(Object test) {
    ((TlsIT) test).lab = lab;
    ((TlsIT) test).port = port;
  }

  @Override
  public void stop() {
    lab.close();
  }
}
