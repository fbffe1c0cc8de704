package hokku.dist;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.e2e.Docker;
import hokku.e2e.Running;
import hokku.e2e.Watch;
import hokku.e2e.Web;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The .deb in clean systems: installed, upgraded while an app is asked all the time, replaced by itself where a version does not run, downgraded, purged.
class DebianIT {
    @TempDir
    private static Path packages;

    @BeforeAll
    static void packages(@TempDir Path work) throws IOException {
        Variant.real(packages);
        new Variant("9.1.0", "").write(packages, work);
        new Variant("9.2.0", Variant.HANGS_AFTER_A_MIGRATION).write(packages, work);
        new Variant("9.3.0", Variant.ENDS_AT_ONCE).write(packages, work);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bookworm", "trixie"})
    void thePackageLivesAWholeLife(String suite) throws Exception {
        try (CleanDebian debian = CleanDebian.start(suite, packages)) {
            install(debian);
            Web web = new Web("127.0.0.1", debian.httpPort());
            Web.Answer page = web.get("hello.127.0.0.1.sslip.io", "/");
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.body()).contains("Hello from Hokku");

            String untouched = nginxAndContainers(debian);
            try (Watch watch = new Watch(web, "hello.127.0.0.1.sslip.io")) {
                upgrade(debian);
                goBackFromAVersionThatHangs(debian);
                goBackFromAVersionThatEnds(debian);
                downgrade(debian);
                watch.sawOnly(page.body());
            }
            assertThat(nginxAndContainers(debian)).as("nginx and the containers").isEqualTo(untouched);

            assertThat(debian.demand("dpkg", "--verify", "hokku")).isEmpty();
            purge(debian);
        }
    }

    private static void install(CleanDebian debian) throws Exception {
        debian.demand("apt-get", "install", "-y", "--download-only", "--no-install-recommends", "/packages/hokku.deb");
        String said = debian.demand("apt-get", "install", "-y", "--no-install-recommends", "/packages/hokku.deb");
        assertThat(said).contains("sudo hokku setup");
        assertThat(debian.run("which", "java").exit()).isNotZero();
        debian.script("test -s /opt/hokku/current/hokku.aot");

        String done = debian.demand("hokku", "setup", "--ssh-port", String.valueOf(debian.sshPort()), "--http-port",
                String.valueOf(debian.httpPort()), "--address", "127.0.0.1");
        assertThat(done).contains("is installed");
        debian.script("echo HOKKU_START_TIMEOUT=6 >>/etc/hokku/hokku.conf");
        String pid = pid(debian);
        assertThat(debian.script("tr '\\0' ' ' </proc/" + pid + "/cmdline")).contains("-XX:AOTCache=/opt/hokku/versions/");
    }

    private static void upgrade(CleanDebian debian) throws Exception {
        String pid = pid(debian);
        assertThat(debian.demand("dpkg", "-i", deb(debian, "9.1.0"))).contains("Restarting the server");
        assertThat(pid(debian)).isNotEqualTo(pid);
        assertThat(debian.demand("hokku", "status")).contains("version 9.1.0-test").doesNotContain(" ! ");
        assertThat(debian.demand("dokku", "apps:list")).contains("hello");
    }

    /// It changed the form of the state before: that is undone too.
    private static void goBackFromAVersionThatHangs(CleanDebian debian) throws Exception {
        String settings = debian.script("cat /var/lib/hokku/settings.json");
        String said = debian.demand("dpkg", "-i", deb(debian, "9.2.0"));
        assertThat(said).contains("is not ready after 6 seconds").contains("Hokku 9.2.0-test did not get ready: Hokku 9.1.0-test runs again");
        assertThat(debian.script("cat /var/lib/hokku/settings.json")).isEqualTo(settings);
        assertThat(debian.script("cat /var/lib/hokku/format /var/lib/hokku/kept/format-2/settings.json")).isEqualTo("1\nof another form\n");
        stillOnTheFormer(debian, "Hokku 9.2.0-test did not get ready");
    }

    private static void goBackFromAVersionThatEnds(CleanDebian debian) throws Exception {
        String pid = pid(debian);
        assertThat(debian.demand("dpkg", "-i", deb(debian, "9.3.0"))).contains("It is broken.").contains("what ran here before still runs");
        assertThat(pid(debian)).as("the server was not even restarted").isEqualTo(pid);
        stillOnTheFormer(debian, "Hokku 9.3.0-test does not start on this machine");
    }

    private static void stillOnTheFormer(CleanDebian debian, String why) throws Exception {
        Running.Result status = debian.run("hokku", "status");
        assertThat(status.exit()).isZero();
        assertThat(status.text()).contains("version 9.1.0-test").contains(" !     " + why);
        assertThat(debian.demand("dokku", "apps:list")).contains("hello");
        assertThat(debian.demand("dpkg-query", "-W", "-f", "${db:Status-Abbrev}", "hokku")).startsWith("ii");
    }

    private static void downgrade(CleanDebian debian) throws Exception {
        debian.demand("dpkg", "-i", "/packages/hokku.deb");
        assertThat(debian.demand("hokku", "status")).doesNotContain("9.1.0").doesNotContain(" ! ");
        assertThat(debian.demand("dokku", "apps:list")).contains("hello");
    }

    private static void purge(CleanDebian debian) throws Exception {
        assertThat(debian.demand("dpkg", "--remove", "hokku")).doesNotContain("not empty");
        assertThat(debian.script("cat /var/lib/hokku/instance")).contains(debian.instance());
        debian.demand("dpkg", "--purge", "hokku");
        assertThat(debian.script("find / -xdev \\( -path /proc -o -path /packages -o -path /root -o -path /var/log/apt -o -path /var/lib/dpkg -o -path /var/log/dpkg.log \\) -prune "
                + "-o \\( -name '*hokku*' -o -name dokku \\) -print")).isEmpty();
        assertThat(debian.script("getent passwd | grep -E 'okku' || true")).isEmpty();
        assertThat(debian.script("grep -sl 'hokku[.]core' /proc/[0-9]*/cmdline || true")).isEmpty();
        assertThat(Docker.SHARED.run("ps", "-aq", "--filter", "label=hokku.app", "--filter", "label=" + Docker.INSTANCE + "=" + debian.instance())).isEmpty();
    }

    private static String deb(CleanDebian debian, String version) throws Exception {
        return debian.script("ls /packages/hokku_" + version + "_*.deb").strip();
    }

    private static String pid(CleanDebian debian) throws Exception {
        return debian.demand("hokku", "status", "--pid").strip();
    }

    private static String nginxAndContainers(CleanDebian debian) throws Exception {
        return debian.script("cat /var/lib/hokku/plugins-data/nginx-vhosts/run/nginx.pid") + List.of(Docker.SHARED.run("ps", "-q", "--no-trunc", "--filter",
                "label=" + Docker.INSTANCE + "=" + debian.instance()).split("\n"));
    }
}
