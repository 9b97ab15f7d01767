package id.cetak.job;

import id.cetak.engine.EngineResource;
import id.cetak.lab.BrokerUsers;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/** An engine whose worker, like its producers, logs in with the least rights. */
public final class ProducersResource implements QuarkusTestResourceLifecycleManager {
  private final BrokerUsers users = new BrokerUsers();

  @Override
  public Map<String, String> start() {
    Map<String, String> settings = new HashMap<>(new EngineResource().start());
    settings.put("rabbitmq-virtual-host", BrokerUsers.VHOST);
    settings.put("rabbitmq-username", "worker-engine");
    settings.put("rabbitmq-password", users.password("worker-engine"));
    settings.put("cetak.broker.workers", "worker-*");
    settings.put("cetak.producers.\"lab-7\".templates", "lab-*");
    settings.put("cetak.producers.\"lab-7\".hosts", "engine");
    settings.put("cetak.producers.\"lab-7\".open-clones", "3");
    settings.put("cetak.producers.\"lab-8\".templates", "*");
    settings.put("cetak.producers.\"lab-8\".commands", "*");
    settings.put("cetak.producers.\"many\".templates", "lab-*");
    settings.put("cetak.producers.\"many\".open-clones", "10");
    return settings;
  }

  /** After the resource of the other tests, which is there for all: what is set here counts. */
  @Override
  public int order() {
    return 1;
  }

  @Override
  public void inject(Object test) {
    ((ProducersIT) test).users = users;
  }

  @Override
  public void stop() {}
}
