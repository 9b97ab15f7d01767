package id.cetak.messaging;

import id.cetak.app.CetakConfig;
import io.smallrye.reactive.messaging.ClientCustomizer;
import io.vertx.core.net.TrustOptions;
import io.vertx.rabbitmq.RabbitMQOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Whom the worker believes to be RabbitMQ, the same for the connector's connections and its own:
 * who has a certificate of {@code cetak.broker.tls-ca} for the name that was connected to.
 *
 * <p>The connector's own keys are refused: whatever they say, its client checks no host name.
 */
@ApplicationScoped
class BrokerTls implements ClientCustomizer<RabbitMQOptions> {
  private final Optional<X509ExtendedTrustManager> trust;

  /**
   * @throws IllegalStateException when the certificates cannot be read, or TLS is asked for by a
   *     key that would leave out a check
   */
  BrokerTls(CetakConfig cetak, Config config) {
    for (String key : List.of("rabbitmq-ssl", "rabbitmq-trust-all")) {
      if (config.getOptionalValue(key, Boolean.class).orElse(false)) {
        throw new IllegalStateException(
            "The setting %s is not served: with it, the name of the broker would not be checked. Set cetak.broker.tls-ca to the file with the broker's CA instead."
                .formatted(key));
      }
    }
    this.trust = cetak.broker().tlsCa().map(BrokerTls::trusting);
  }

  /** The context for a connection of our own; empty for plain TCP. */
  Optional<SSLContext> context() {
    return trust.map(
        manager -> {
          try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            return context;
          } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has TLS", e);
          }
        });
  }

  @Override
  public RabbitMQOptions customize(String channel, Config config, RabbitMQOptions options) {
    trust.ifPresent(manager -> options.setSsl(true).setTrustOptions(TrustOptions.wrap(manager)));
    return options;
  }

  /** Why a connection was not secure enough, and what to do. */
  static String why(String said, Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String deepest = root.getMessage() == null ? root.toString() : root.getMessage();
    String remedy =
        root instanceof CertificateExpiredException
            ? "The broker's certificate has expired: make it a new one (deploy/tls/certificates)"
            : deepest.startsWith("No subject alternative") || deepest.startsWith("No name matching")
                ? "The broker's certificate is for another name: set RABBITMQ_HOST to a name that it has, or give it this one"
                : root instanceof CertPathBuilderException
                    ? "The broker's certificate is of a CA that cetak.broker.tls-ca does not hold: give the worker the broker's CA, and find out whose certificate this is"
                    : "Does this port of the broker speak TLS 1.2 or later? Then it is 5671, not 5672";
    return "TLS to RabbitMQ failed: %s (%s). %s".formatted(said, deepest, remedy);
  }

  private static X509ExtendedTrustManager trusting(Path ca) {
    try (InputStream pem = Files.newInputStream(ca)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (certificates.isEmpty()) {
        throw new CertificateException("it holds no certificate");
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return new NameChecking((X509ExtendedTrustManager) factory.getTrustManagers()[0]);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(
          "cetak.broker.tls-ca: the certificates in %s cannot be read: %s. Give the CA's certificate as PEM, readable for the worker's user."
              .formatted(ca, e.getMessage() == null ? e : e.getMessage()),
          e);
    }
  }

  /**
   * Checks the name on the certificate whatever the socket asks for. The connector's client makes
   * sockets that do not ask.
   */
  private static final class NameChecking extends X509ExtendedTrustManager {
    private static final String NAMES = "HTTPS";

    private final X509ExtendedTrustManager chains;

    NameChecking(X509ExtendedTrustManager chains) {
      this.chains = chains;
    }

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String authType, @Nullable Socket socket)
        throws CertificateException {
      if (!(socket instanceof SSLSocket secure)) {
        throw nameless();
      }
      secure.setSSLParameters(asking(secure.getSSLParameters()));
      chains.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
        throws CertificateException {
      if (engine == null) {
        throw nameless();
      }
      engine.setSSLParameters(asking(engine.getSSLParameters()));
      chains.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw nameless();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw nameless();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw nameless();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw nameless();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return chains.getAcceptedIssuers();
    }

    private static SSLParameters asking(SSLParameters parameters) {
      parameters.setEndpointIdentificationAlgorithm(NAMES);
      return parameters;
    }

    private static CertificateException nameless() {
      return new CertificateException("Nothing is trusted without a name to check");
    }
  }
}
