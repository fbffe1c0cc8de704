package hokku.core.plugin;

import hokku.api.UserError;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/// Fetches a file by https, from where nobody can change it on its way: redirects lead to https addresses only, and not far.
///
/// An address may hold a password or a token: messages name the host and the path of what was asked for, nothing else of it.
public final class Download {
    private static final int REDIRECTS = 5;
    private static final Set<Integer> REDIRECTED = Set.of(301, 302, 303, 307, 308);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String NOT_INSTALLED = "The plugin was not installed: ";

    private final Path bundle;
    private final Duration patience;
    private final long largest;

    public Download() {
        this(MachineTrust.BUNDLE, PATIENCE, CheckedJar.LARGEST);
    }

    /// @param bundle certificates of authorities that the machine trusts, in PEM
    /// @param patience how long nothing may come
    Download(Path bundle, Duration patience, long largest) {
        this.bundle = bundle;
        this.patience = patience;
        this.largest = largest;
    }

    /// @throws UserError when the text is no address that a file is fetched from
    public static URI address(String text) {
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException wrong) {
            throw new UserError(UserError.USAGE, "That is no address: " + wrong.getReason() + ". Use https://<host>/<path>", wrong);
        }
        if (!"https".equalsIgnoreCase(address.getScheme())) {
            throw UserError.usage("A plugin is fetched by https only, since it may do whatever the server may."
                    + " Use https://…, or fetch it yourself and send it: plugin:install < plugin.jar");
        }
        if (address.getHost() == null || address.getUserInfo() != null) {
            throw UserError.usage(address.getHost() == null ? "The address has no host. Use https://<host>/<path>"
                    : "An address with a user name or password is not fetched. Fetch it yourself and send it: plugin:install < plugin.jar");
        }
        return address;
    }

    /// Begins to fetch. What breaks off while it is read is told as a [UserError] too.
    ///
    /// @throws UserError when the file is not to be had, with the reason
    public InputStream open(URI address) {
        try {
            SSLSocketFactory sockets = MachineTrust.sockets(bundle);
            URI at = address;
            for (int i = 0; i <= REDIRECTS; i++) {
                HttpsURLConnection connection = connect(at, sockets);
                int status = connection.getResponseCode();
                if (!REDIRECTED.contains(status)) {
                    return content(connection, status, at);
                }
                at = next(connection, at);
                connection.disconnect();
            }
            throw new UserError(NOT_INSTALLED + shown(address) + " leads from one address to the next, more than " + REDIRECTS + " times");
        } catch (IOException failed) {
            throw refused(address, failed);
        }
    }

    private HttpsURLConnection connect(URI at, SSLSocketFactory sockets) throws IOException {
        HttpsURLConnection connection = (HttpsURLConnection) at.toURL().openConnection();
        connection.setSSLSocketFactory(sockets);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(Math.toIntExact(patience.toMillis()));
        connection.setReadTimeout(Math.toIntExact(patience.toMillis()));
        connection.setUseCaches(false);
        connection.setRequestProperty("User-Agent", "hokku");
        return connection;
    }

    private static URI next(URLConnection connection, URI at) {
        String location = Optional.ofNullable(connection.getHeaderField("Location"))
                .orElseThrow(() -> new UserError(NOT_INSTALLED + shown(at) + " leads elsewhere and does not say where to"));
        try {
            return address(at.resolve(location).toString());
        } catch (UserError | IllegalArgumentException refused) {
            throw new UserError(UserError.FAILED, NOT_INSTALLED + shown(at) + " leads to an address that is not fetched: only https, without"
                    + " a user name, is", refused);
        }
    }

    private InputStream content(HttpsURLConnection connection, int status, URI at) throws IOException {
        if (status != 200) {
            connection.disconnect();
            throw new UserError(NOT_INSTALLED + shown(at) + " answers " + status
                    + (status == 404 ? ": there is nothing at this address" : status == 401 || status == 403 ? ": the server may not have it" : ""));
        }
        long length = connection.getContentLengthLong();
        if (length > largest) {
            connection.disconnect();
            throw new UserError(NOT_INSTALLED + "it has " + (length >> 20) + " MiB, and " + (largest >> 20) + " MiB are the most that a plugin may");
        }
        return new Content(connection.getInputStream(), connection, at, length);
    }

    private UserError refused(URI address, IOException failed) {
        String host = address.getHost();
        String why = switch (failed) {
            case UnknownHostException unknown -> "there is no host " + host + ", or this server's DNS does not know it";
            case SocketTimeoutException late -> host + " did not answer within " + patience.toSeconds() + " s";
            case SSLException untrusted -> host + " could not prove that it is " + host + " (" + untrusted.getMessage()
                    + "). If its certificate is from an authority of your own: put that into /usr/local/share/ca-certificates"
                    + " and run update-ca-certificates";
            default -> host + " is not reached: " + failed.getMessage();
        };
        return new UserError(UserError.UNAVAILABLE, NOT_INSTALLED + why, failed);
    }

    /// The address without what may be secret in it.
    private static String shown(URI address) {
        return "https://" + address.getRawAuthority() + Optional.ofNullable(address.getRawPath()).orElse("");
    }

    /// Tells what breaks off from what cannot be stored.
    private static final class Content extends FilterInputStream {
        private final HttpsURLConnection connection;
        private final URI from;
        /// -1 when the server did not say.
        private final long length;
        private long read;

        Content(InputStream in, HttpsURLConnection connection, URI from, long length) {
            super(in);
            this.connection = connection;
            this.from = from;
            this.length = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int at, int most) throws IOException {
            if (Thread.currentThread().isInterrupted()) {
                throw new UserError(NOT_INSTALLED + "it was cancelled");
            }
            int got;
            try {
                got = super.read(into, at, most);
            } catch (IOException broken) {
                throw brokenOff(broken);
            }
            read += Math.max(0, got);
            if (got < 0 && length >= 0 && read < length) {
                throw brokenOff(new IOException(read + " of " + length + " bytes came"));
            }
            return got;
        }

        private UserError brokenOff(IOException why) {
            return new UserError(UserError.UNAVAILABLE, NOT_INSTALLED + "the download from " + from.getHost() + " broke off ("
                    + why.getMessage() + "). Try again", why);
        }

        @Override
        public void close() {
            connection.disconnect();
        }
    }
}
