package hokku.core.docker;

import java.io.IOException;
import java.net.URI;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/// An engine is there, and the two sides do not get on.
final class EngineRefusal extends IOException {
    private static final long serialVersionUID = 1L;
    private static final Pattern ALERT = Pattern.compile("fatal alert: (\\w+)");
    private static final Pattern OF_THE_CERTIFICATE = Pattern.compile("\\w*certificate\\w*|unknown_ca|access_denied|decrypt_error");

    EngineRefusal(String message) {
        super(message);
    }

    /// What is wrong, and what to do about it; empty when the cause is another one.
    static Optional<String> in(Throwable cause, URI host, Optional<EngineCertificates> certificates) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable one = cause; one != null && !causes.contains(one); one = one.getCause()) {
            causes.add(one);
        }
        Optional<Throwable> refusal = causes.stream().filter(EngineRefusal.class::isInstance).findFirst();
        if (refusal.isPresent() || certificates.isEmpty()) {
            return refusal.map(Throwable::getMessage);
        }
        return causes.stream().filter(SSLException.class::isInstance).findFirst()
                .map(failed -> words(failed, causes, host, certificates.get()));
    }

    private static String words(Throwable failed, List<Throwable> causes, URI host, EngineCertificates certificates) {
        String message = String.valueOf(failed.getMessage());
        if (any(causes, CertificateExpiredException.class::isInstance)) {
            return "Its certificate has expired. Give it a new one (its option --tlscert), and look whether the clock of this machine is right";
        }
        if (any(causes, CertificateNotYetValidException.class::isInstance)) {
            return "Its certificate is not valid yet. Look whether the clock of this machine is right, and that of the engine's";
        }
        if (any(causes, one -> one instanceof CertPathBuilderException || one instanceof CertPathValidatorException)) {
            return "Its certificate is not from an authority in " + certificates.authorities()
                    + ". Put the certificate of the authority there that signed the engine's";
        }
        // JSSE has no type of its own for a name that does not fit.
        if (any(causes, one -> one.getClass() == CertificateException.class || one instanceof SSLPeerUnverifiedException)) {
            return "Its certificate is not for " + host.getHost() + ". Use a name or address that it is for, or give the engine one with"
                    + " this as subjectAltName";
        }
        Matcher alert = ALERT.matcher(message);
        if (alert.find() && OF_THE_CERTIFICATE.matcher(alert.group(1)).matches()) {
            return "It refuses the certificate in " + certificates.certificate() + " (" + alert.group(1) + "). That must be for the"
                    + " authentication of clients, not expired, and from the authority that the engine was given (its option --tlscacert)";
        }
        if (message.contains("Unsupported or unrecognized SSL message")) {
            return "It speaks no TLS. Start it with --tlsverify, or leave out the certificates where nobody else can reach it";
        }
        return "TLS with it failed: " + message + ". Look at its certificate and at those in " + certificates.certificate().getParent();
    }

    private static boolean any(List<Throwable> causes, Predicate<Throwable> is) {
        return causes.stream().anyMatch(is);
    }
}
