package hokku.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.AppName;
import hokku.api.Finding;
import hokku.api.Finding.State;
import hokku.core.state.AtomicFile;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is found in the files of a home.
class HomeFilesTest {
    private static final AppName HELLO = AppName.of("hello");
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    private final Clock clock = Clock.systemUTC();
    private Home home;
    private Catalogue catalogue;

    @BeforeEach
    void makeOneApp(@TempDir Path folder) throws IOException {
        home = new Home(folder.resolve("home"));
        home.create();
        AtomicFile.write(home.format(), "1\n");
        catalogue = new Catalogue(home, clock);
        catalogue.load();
        catalogue.create(HELLO);
    }

    private List<Finding> state() throws IOException {
        return new StateFiles(home, catalogue, clock).examine();
    }

    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
    }

    @Test
    void aHomeAsTheServerMakesItIsWell() throws IOException {
        assertThat(state()).containsExactly(Finding.well("format 1, 1 apps, nothing left over"));
        assertThat(new SecretFiles(home).examine()).singleElement().satisfies(finding -> assertThat(finding.state()).isEqualTo(State.WELL));
    }

    @Test
    void whatInterruptedWritesLeftIsNamedOnceItIsOld() throws IOException {
        Path torn = Files.writeString(home.journal(HELLO), "{\"type\":\"beg", StandardOpenOption.CREATE);
        Path temporary = Files.writeString(home.app(HELLO).resolve(".desired.json.tmp"), "{");
        Path trash = Files.createDirectory(home.trash().resolve("gone-1"));
        assertThat(state()).singleElement().satisfies(finding -> assertThat(finding.state()).as("may be under way").isEqualTo(State.WELL));
        age(torn);
        age(temporary);
        age(trash);
        assertThat(state()).hasSize(3).allSatisfy(finding -> assertThat(finding.state()).isEqualTo(State.WARNING))
                .extracting(Finding::text).anyMatch(text -> text.startsWith(torn + " ends in the middle"))
                .anyMatch(text -> text.startsWith(temporary.toString())).anyMatch(text -> text.startsWith(trash.toString()));
    }

    @Test
    void anAppThatCannotBeReadIsWrong() throws IOException {
        Files.writeString(home.desired(HELLO), "{ not json");
        catalogue.load();
        assertThat(state()).first().satisfies(finding -> {
            assertThat(finding.state()).isEqualTo(State.WRONG);
            assertThat(finding.text()).contains(home.app(HELLO).toString());
        });
    }

    @Test
    void aSecretThatOthersMayReadIsWrong() throws IOException {
        Files.setPosixFilePermissions(home.desired(HELLO), PosixFilePermissions.fromString("rw-r-----"));
        assertThat(new SecretFiles(home).examine()).containsExactly(Finding.wrong("others may read or change " + home.desired(HELLO),
                "chmod go-rwx " + home.desired(HELLO)));
    }

    @Test
    void certificatesAreToldByWhenTheyEnd() throws Exception {
        Certificates certificates = new Certificates(home, Clock.fixed(NOW, ZoneOffset.UTC));
        assertThat(certificates.examine()).containsExactly(Finding.well("no app has one"));
        Path file = Files.createDirectory(home.app(HELLO).resolve("certs")).resolve("server.crt");
        writeCertificate(file, NOW.plus(Duration.ofDays(90)));
        Files.writeString(file.resolveSibling("server.key"), "a key");
        assertThat(certificates.examine()).containsExactly(Finding.well("1 are valid for 14 days and more"));
        writeCertificate(file, NOW.plus(Duration.ofDays(3)));
        assertThat(certificates.examine()).containsExactly(Finding.warning("the certificate of hello ends at 2026-06-04T00:00:00Z",
                "Renew it and put it into its place: " + file));
        writeCertificate(file, NOW.minus(Duration.ofDays(3)));
        assertThat(certificates.examine().getFirst().text()).isEqualTo("the certificate of hello ended at 2026-05-29T00:00:00Z");
        Files.writeString(file, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
        assertThat(certificates.examine().getFirst().text()).startsWith("the certificate of hello cannot be read");
    }

    private static void writeCertificate(Path file, Instant end) throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        X500Name name = new X500Name("CN=hello.test");
        byte[] certificate = new JcaX509v3CertificateBuilder(name, BigInteger.ONE, Date.from(NOW.minus(Duration.ofDays(300))), Date.from(end),
                name, keys.getPublic()).build(new JcaContentSignerBuilder("Ed25519").build(keys.getPrivate())).getEncoded();
        StringWriter text = new StringWriter();
        text.append("-----BEGIN CERTIFICATE-----\n").append(Base64.getMimeEncoder().encodeToString(certificate)).append("\n-----END CERTIFICATE-----\n");
        Files.writeString(file, text.toString());
    }
}
