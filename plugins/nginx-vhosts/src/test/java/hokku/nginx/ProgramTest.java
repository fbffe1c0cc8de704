package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgramTest {
    private static final Path BINARY = Path.of("/usr/sbin/nginx");

    @TempDir
    private Path root;

    @Test
    void anotherUsersNginxIsAskedInTheWordsThatSudoAllows() throws Exception {
        Folder folder = Folder.open(root);
        Program program = new Program(folder, Optional.of("hokku-nginx"));
        assertThat(program.words(BINARY, folder.candidate().resolve("nginx.conf"), "-t", "-q")).containsExactly("sudo", "-n", "-u", "hokku-nginx",
                "/usr/sbin/nginx", "-p", root + "/", "-c", root + "/candidate/nginx.conf", "-t", "-q");
        assertThat(program.words(BINARY, folder.main(), "-s", "reload")).containsExactly("sudo", "-n", "-u", "hokku-nginx",
                "/usr/sbin/nginx", "-p", root + "/", "-c", root + "/nginx.conf", "-s", "reload");
    }

    @Test
    void complaintsSayWhatMattersAndNotWhere() throws Exception {
        Folder folder = Folder.open(root);
        String said = "nginx: [warn] something\n2026/01/01 10:00:00 [emerg] 12#12: unknown directive \"x\" in " + root + "/apps/a.conf:3\n"
                + "nginx: configuration file " + root + "/candidate/nginx.conf test failed";
        assertThat(Complaint.shortened(said, folder)).isEqualTo("unknown directive \"x\" in apps/a.conf:3");
    }
}
