package id.cetak.engine;

import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/**
 * An engine with a virtual host and a database of its own: what twenty thousand messages leave
 * behind is in no other test's way.
 */
public final class HostileResource implements QuarkusTestResourceLifecycleManager {
  private static final String NAME = "hostile";

  static String amqpUri() {
    return Containers.amqpUri() + "/" + NAME;
  }

  static String jdbcUrl() {
    return Containers.postgres().getJdbcUrl().replace("/cetak", "/" + NAME);
  }

  @Override
  public Map<String, String> start() {
    Map<String, String> settings = new HashMap<>(new EngineResource().start());
    Containers.virtualHost(NAME);
    Witness.change("create database " + NAME);
    settings.put("rabbitmq-virtual-host", NAME);
    settings.put("quarkus.datasource.jdbc.url", jdbcUrl());
    return settings;
  }

  /** After the resource of the other tests, which is there for all: what is set here counts. */
  @Override
  public int order() {
    return 1;
  }

  @Override
  public void stop() {}
}
