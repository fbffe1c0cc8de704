package hokku.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// An authority of a lab's own, with a certificate for an engine and one for its clients.
record LabCertificates(Path folder) {
    private static final String DAYS = "2";

    static LabCertificates create(Path folder, String address) throws IOException {
        LabCertificates made = new LabCertificates(folder);
        Files.createDirectories(made.client());
        Files.createDirectories(made.server());
        Program.demand("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", DAYS, "-subj", "/CN=Authority of a lab",
                "-keyout", made.authorityKey().toString(), "-out", made.server().resolve("ca.pem").toString());
        Files.copy(made.server().resolve("ca.pem"), made.client().resolve("ca.pem"));
        made.sign(made.server(), 2, "subjectAltName=IP:" + address + "\nextendedKeyUsage=serverAuth\n");
        made.sign(made.client(), 3, "extendedKeyUsage=clientAuth\n");
        return made;
    }

    /// Holds `ca.pem`, `cert.pem` and `key.pem`, as docker's own program wants them.
    Path client() {
        return folder.resolve("client");
    }

    private Path server() {
        return folder.resolve("server");
    }

    private Path authorityKey() {
        return folder.resolve("authority-key.pem");
    }

    private void sign(Path place, int serial, String extensions) throws IOException {
        Path request = place.resolve("request.pem");
        Path wanted = Files.writeString(place.resolve("extensions"), extensions);
        Program.demand("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + place.getFileName(),
                "-keyout", place.resolve("key.pem").toString(), "-out", request.toString());
        Program.demand("openssl", "x509", "-req", "-days", DAYS, "-in", request.toString(), "-CA", place.resolve("ca.pem").toString(),
                "-CAkey", authorityKey().toString(), "-set_serial", String.valueOf(serial), "-extfile", wanted.toString(),
                "-out", place.resolve("cert.pem").toString());
        Files.delete(request);
        Files.delete(wanted);
    }

    /// The engine's options.
    List<String> options() {
        return List.of("--tlsverify", "--tlscacert", server().resolve("ca.pem").toString(), "--tlscert", server().resolve("cert.pem").toString(),
                "--tlskey", server().resolve("key.pem").toString());
    }
}
