package hokku.core.datastore.backup;

import java.net.URI;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/// An S3-compatible server that keeps everything in memory, and checks signatures and checksums.
final class S3Server {
    static final String KEY = "the-key";
    static final String SECRET = "the/secret+key";

    private final S3Proxy server;

    S3Server() throws Exception {
        server = S3Proxy.builder().blobStore(BlobStores.create("transient-nio2", new Properties())).endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET).build();
        server.start();
    }

    int port() {
        return server.getPort();
    }

    static S3Access access(int port, String secret) {
        return new S3Access(KEY, secret, S3Access.USUAL_REGION, "http://127.0.0.1:" + port, false);
    }

    void stop() throws Exception {
        server.stop();
    }
}
