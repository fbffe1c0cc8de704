package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.UnauthorizedException;
import hokku.api.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What engines and registries answer, as they word it, and what people are told.
class PushFailureTest {
    private static final RegistryServer SERVER = RegistryServer.of("10.0.0.5:5403");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Get "https://10.0.0.5:5403/v2/": http: server gave HTTP response to HTTPS client | insecure-registries
            Get "https://10.0.0.5:5403/v2/": x509: certificate signed by unknown authority | /etc/docker/certs.d/10.0.0.5:5403/ca.crt
            Get "https://10.0.0.5:5403/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority | /etc/docker/certs.d
            Get "https://10.0.0.5:5403/v2/": x509: certificate is valid for 10.0.0.6, not 10.0.0.5 | for the name 10.0.0.5:5403
            Get "https://10.0.0.5:5403/v2/": x509: certificate has expired or is not yet valid | is not accepted
            write /var/lib/docker/tmp/x: no space left on device | docker system df
            received unexpected HTTP status: 500 Internal Server Error | no space left
            no basic auth credentials | registry:login <app> 10.0.0.5:5403
            unauthorized: authentication required | refuses the login
            unauthorized: incorrect username or password | refuses the login
            denied: requested access to the resource is denied | may push to it
            denied: installation not allowed to Create organization package | installation not allowed
            error parsing HTTP 403 response body: unexpected end of JSON: status 403 | denies it
            unknown: something new | : unknown: something new
            """)
    void whatIsRefusedIsSaidInPlainWords(String reason, String told) {
        UserError error = PushFailure.of(SERVER, false, "Release 3 of hello could not be pushed to 10.0.0.5:5403/hokku/hello", reason);
        assertThat(error.getMessage()).startsWith("Release 3 of hello could not be pushed to 10.0.0.5:5403/hokku/hello: ").contains(told);
        assertThat(error.exitCode()).isEqualTo(UserError.FAILED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dial tcp 10.0.0.5:5403: connect: connection refused
            dial tcp: lookup registry.example.com: no such host
            Get "https://10.0.0.5:5403/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)
            Patch "https://10.0.0.5:5403/v2/hokku/hello/blobs/uploads/1": EOF
            Post "https://10.0.0.5:5403/v2/hokku/hello/blobs/uploads/": read tcp 10.0.0.5:401->10.0.0.5:5403: read: connection reset by peer
            received unexpected HTTP status: 503 Service Unavailable
            """)
    void aRegistryThatDoesNotAnswerIsUnavailable(String reason) {
        UserError error = PushFailure.of(SERVER, false, "what", reason);
        assertThat(error.getMessage()).contains("the registry 10.0.0.5:5403 does not answer").contains(reason.strip());
        assertThat(error.exitCode()).isEqualTo(UserError.UNAVAILABLE);
    }

    @Test
    void nodesLearnToTrustHokkusOwnByItsOwnCommand() {
        assertThat(PushFailure.of(SERVER, true, "what", "x509: certificate signed by unknown authority").getMessage()).contains("dokku registry:trust-command");
    }

    @Test
    void theEnginesAnswerIsTakenOutOfWhatTheClientMakesOfIt() {
        assertThat(PushFailure.reason(new InternalServerErrorException("{\"message\":\"Get \\\"https://x/v2/\\\": EOF\"}\n"))).isEqualTo("Get \"https://x/v2/\": EOF");
        assertThat(PushFailure.of(SERVER, false, "what", new UnauthorizedException("{\"message\":\"no\"}")).getMessage()).contains("refuses the login");
    }
}
