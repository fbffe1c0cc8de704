package hokku.core.doctor;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import hokku.core.state.Home;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How long the apps' certificates are valid.
final class Certificates implements Examination {
    private static final Duration SOON = Duration.ofDays(14);

    private final Home home;
    private final Clock clock;

    Certificates(Home home, Clock clock) {
        this.home = home;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "certificates";
    }

    @Override
    public List<Finding> examine() throws IOException {
        List<Finding> findings = new ArrayList<>();
        int sound = 0;
        try (DirectoryStream<Path> apps = Files.newDirectoryStream(home.apps(), Files::isDirectory)) {
            for (Path app : apps) {
                for (Path file : files(app)) {
                    if (file.toString().endsWith(".crt") || file.toString().endsWith(".pem")) {
                        Finding finding = judge(app.getFileName().toString(), file);
                        sound += finding.state() == Finding.State.WELL ? 1 : 0;
                        findings.add(finding);
                    }
                }
            }
        }
        findings.removeIf(finding -> finding.state() == Finding.State.WELL);
        findings.sort(Comparator.comparing(Finding::state).reversed().thenComparing(Finding::text));
        return findings.isEmpty() ? List.of(Finding.well(sound == 0 ? "no app has one" : sound + " are valid for " + SOON.toDays()
                + " days and more")) : findings;
    }

    /// The files of an app's certificates and their keys.
    static List<Path> files(Path app) throws IOException {
        List<Path> files = new ArrayList<>();
        Path folder = app.resolve("certs");
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, Files::isRegularFile)) {
                found.forEach(files::add);
            }
        }
        files.sort(Comparator.naturalOrder());
        return files;
    }

    private Finding judge(String app, Path file) throws IOException {
        String renew = "Renew it and put it into its place: " + file;
        try (InputStream in = Files.newInputStream(file)) {
            List<? extends Certificate> chain = List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (chain.isEmpty()) {
                return Finding.well(file + " holds no certificate");
            }
            Instant end = ((X509Certificate) chain.getFirst()).getNotAfter().toInstant();
            Duration left = Duration.between(clock.instant(), end);
            String text = "the certificate of %s ends at %s".formatted(app, end);
            if (left.isNegative()) {
                return Finding.wrong(text.replace(" ends at ", " ended at "), renew);
            }
            return left.compareTo(SOON) < 0 ? Finding.warning(text, renew) : Finding.well(text);
        } catch (CertificateException broken) {
            return Finding.wrong("the certificate of " + app + " cannot be read: " + broken.getMessage(), renew);
        }
    }
}
