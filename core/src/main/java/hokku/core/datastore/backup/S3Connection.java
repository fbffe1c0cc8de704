package hokku.core.datastore.backup;

import hokku.api.UserError;
import hokku.core.plugin.MachineTrust;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/// Opens the client of a store: with what key it speaks, whom it trusts, and how patient it is.
final class S3Connection {
    private S3Connection() {}

    /// @param access empty for the role of the machine
    static S3Client open(Optional<S3Access> access, S3Target.Patience patience) {
        String endpoint = access.map(S3Access::endpoint).orElse("");
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(access.map(S3Access::region).orElse(S3Access.USUAL_REGION)))
                .credentialsProvider(credentials(access))
                .httpClientBuilder(connections(endpoint.startsWith("http:"), patience))
                // Newer kinds of checksums are unknown to many stores; ours are the older ones, which all of them heed.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .crossRegionAccessEnabled(endpoint.isEmpty())
                .forcePathStyle(!endpoint.isEmpty() && !access.orElseThrow().virtualHosted())
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                .overrideConfiguration(calls -> calls.apiCallAttemptTimeout(patience.call())
                        // The files of whoever runs the server are no concern of its users.
                        .defaultProfileFile(ProfileFile.aggregator().build()).retryStrategy(attempts(patience)));
        if (!endpoint.isEmpty()) {
            builder.endpointOverride(URI.create(endpoint));
        }
        return builder.build();
    }

    /// An answer that is cut off in its middle is asked for again too: to the library it is one that is not understood.
    private static StandardRetryStrategy attempts(S3Target.Patience patience) {
        return AwsRetryStrategy.standardRetryStrategy(false).toBuilder().maxAttempts(patience.attempts()).circuitBreakerEnabled(false)
                .backoffStrategy(patience.pauses()).throttlingBackoffStrategy(patience.pauses())
                .retryOnExceptionOrCauseInstanceOf(IOException.class).retryOnExceptionOrCauseInstanceOf(XMLStreamException.class).build();
    }

    /// A store of one's own often has a certificate of an authority of one's own.
    private static UrlConnectionHttpClient.Builder connections(boolean plain, S3Target.Patience patience) {
        UrlConnectionHttpClient.Builder connections = UrlConnectionHttpClient.builder().connectionTimeout(patience.connect()).socketTimeout(patience.silence());
        return plain ? connections : connections.tlsTrustManagersProvider(S3Connection::trusted);
    }

    private static TrustManager[] trusted() {
        try {
            return MachineTrust.managers(MachineTrust.BUNDLE);
        } catch (IOException broken) {
            throw new UserError(UserError.FAILED, broken.getMessage(), broken);
        }
    }

    private static AwsCredentialsProvider credentials(Optional<S3Access> access) {
        return access.<AwsCredentialsProvider>map(each -> StaticCredentialsProvider.create(AwsBasicCredentials.create(each.key(), each.secret())))
                .orElseGet(() -> AwsCredentialsProviderChain.of(ContainerCredentialsProvider.create(), InstanceProfileCredentialsProvider.create()));
    }
}
