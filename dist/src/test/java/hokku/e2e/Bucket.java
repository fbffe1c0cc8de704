package hokku.e2e;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket of an S3-compatible server of its own, which keeps everything in memory, and checks signatures and checksums.
final class Bucket implements AutoCloseable {
    static final String NAME = "of-the-test";
    static final String KEY = "the-key";
    static final String SECRET = "the/secret+key";

    private final BlobStore store;
    private final S3Proxy server;

    Bucket() throws Exception {
        store = BlobStores.create("transient-nio2", new Properties());
        store.createContainer(NAME);
        server = S3Proxy.builder().blobStore(store).endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET).build();
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getPort();
    }

    List<String> keys() {
        return store.list(NAME).contents().stream().map(S3Object::key).sorted().toList();
    }

    byte[] content(String key) throws IOException {
        try (var content = store.getBlob(NAME, key)) {
            return content.readAllBytes();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception failed) {
            throw new IOException("The server of the bucket does not end", failed);
        }
    }
}
