package hokku.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.AppName;
import hokku.api.EngineAddress;
import hokku.api.UserError;
import hokku.core.plugin.PluginInfo.State;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plugins that come, go and change while the server runs.
class PluginHostTest {
    private static final String PROXY = """
            static class Front implements Proxy {
                public String name() { return "front"; }
                public Change prepare(Route route, Output out) { throw new UnsupportedOperationException(); }
                public boolean awaitDrained(java.util.List<hokku.api.Endpoint> former, java.time.Duration limit) { return true; }
                public void unroute(AppName app) {}
                public java.util.Set<AppName> routed() { return java.util.Set.of(); }
            }
            """;

    @TempDir
    private Path folder;
    private HostedPlugins plugins;
    private PluginHost host;

    @BeforeEach
    void start() throws IOException {
        plugins = new HostedPlugins(folder).start();
        host = plugins.host;
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    private static PluginJar version(int number) {
        return LoadingTest.saying("mine", "mine:say", "return \"" + number + "\";").manifest("Plugin-Version", number + ".0.0");
    }

    private void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable change, String... words) {
        assertThatThrownBy(change).isInstanceOf(UserError.class).message().contains(words);
    }

    @Test
    void aJarThatIsInstalledTakesPartAtOnceAndIsStoredUnderItsId() throws Exception {
        PluginInfo installed = host.install(version(1).stream());
        assertThat(installed.id()).isEqualTo("mine");
        assertThat(installed.state()).isEqualTo(State.ENABLED);
        assertThat(plugins.added("mine.jar")).isRegularFile();
        assertThat(plugins.answer("mine:say")).isEqualTo("1");
    }

    @Test
    void whatWasInstalledIsThereAfterARestart() throws Exception {
        host.install(version(1).stream());
        host.close();
        try (HostedPlugins again = new HostedPlugins(folder).start()) {
            assertThat(again.answer("mine:say")).isEqualTo("1");
        }
    }

    @Test
    void aNewVersionReplacesTheOlderFileWhateverItsName() throws Exception {
        version(1).write(plugins.added("mine-1.0.0.jar"));
        host.reload();
        host.install(version(2).stream());
        assertThat(plugins.answer("mine:say")).isEqualTo("2");
        assertThat(jarsInHome()).containsExactly("mine.jar");
    }

    @Test
    void aBrokenNewVersionLeavesTheOldOneInForceAndOnDisk() throws Exception {
        host.install(version(1).stream());
        byte[] before = Files.readAllBytes(plugins.added("mine.jar"));
        PluginJar broken = PluginJar.of("mine", "throw new IllegalStateException(\"half done\");").manifest("Plugin-Version", "2.0.0");
        assertRefused(() -> host.install(broken.stream()), "Plugin mine was not installed", "half done");
        assertThat(plugins.answer("mine:say")).isEqualTo("1");
        assertThat(plugins.added("mine.jar")).hasBinaryContent(before);
        assertThat(plugins.info("mine").version()).isEqualTo("1.0.0");
    }

    @Test
    void aBrokenJarIsNeverStored() {
        assertRefused(() -> host.install(new ByteArrayInputStream(new byte[] {1, 2, 3})), "was not installed", "no readable jar");
        assertRefused(() -> host.install(PluginJar.empty("../evil").manifest("Plugin-Class", "X").stream()), "Plugin-Id");
        assertThat(jarsInHome()).isEmpty();
        assertThat(plugins.home.pluginCopies()).isEmptyDirectory();
    }

    @Test
    void aBrokenPluginIsNotInstalledOverABrokenOneEither() throws Exception {
        Files.writeString(plugins.added("mine.jar"), "no zip");
        host.close();
        try (HostedPlugins again = new HostedPlugins(folder).start()) {
            PluginJar broken = PluginJar.of("mine", "throw new IllegalStateException(\"worse\");");
            assertRefused(() -> again.host.install(broken.stream()), "worse");
            assertThat(again.host.install(version(1).stream()).state()).isEqualTo(State.ENABLED);
        }
    }

    @Test
    void aPluginThatClashesIsNotInstalled() throws Exception {
        host.install(version(1).stream());
        assertRefused(() -> host.install(LoadingTest.saying("other", "mine:say", "return \"\";").stream()),
                "the command mine:say of plugin other is there already, from plugin mine");
    }

    @Test
    void aShippedPluginIsNotReplacedByOneWithItsId() throws Exception {
        version(1).write(plugins.shipped.resolve("mine-0.1.jar"));
        host.reload();
        assertRefused(() -> host.install(version(2).stream()), "in mine-0.1.jar");
        assertRefused(() -> host.uninstall("mine"), "Cannot uninstall a core plugin");
        assertThat(plugins.answer("mine:say")).isEqualTo("1");
    }

    @Test
    void uninstallRemovesThePluginAndItsFile() throws Exception {
        host.install(version(1).stream());
        host.uninstall("mine");
        assertThat(host.plugins()).isEmpty();
        assertThat(jarsInHome()).isEmpty();
        try (Snapshots.Lease lease = host.lease()) {
            assertThat(lease.registry().commands()).isEmpty();
        }
        assertRefused(() -> host.uninstall("mine"), "Plugin (mine) is not currently installed");
    }

    @Test
    void aFileThatIsNoPluginCanBeUninstalledByItsName() throws Exception {
        Files.writeString(plugins.added("torn.jar"), "no zip");
        host.close();
        try (HostedPlugins again = new HostedPlugins(folder).start()) {
            again.host.uninstall("torn");
            assertThat(again.host.plugins()).isEmpty();
        }
    }

    @Test
    void whatAnotherPluginNeedsIsNotUninstalled() throws Exception {
        host.install(version(1).stream());
        host.install(PluginJar.of("child", "").manifest("Plugin-Dependencies", "mine").stream());
        assertRefused(() -> host.uninstall("mine"), "was not uninstalled", "child needs the plugin mine, which is not there");
        assertRefused(() -> host.disable("mine"), "was not disabled", "child needs the plugin mine, which is disabled");
        assertThat(jarsInHome()).containsExactly("child.jar", "mine.jar");
    }

    @Test
    void aDisabledPluginTakesNoPartUntilItIsEnabledEvenAfterARestart() throws Exception {
        version(1).write(plugins.shipped.resolve("mine.jar"));
        host.reload();
        host.disable("mine");
        assertThat(plugins.info("mine").state()).isEqualTo(State.DISABLED);
        assertRefused(() -> host.disable("mine"), "Plugin already disabled");
        host.close();
        try (HostedPlugins again = new HostedPlugins(folder).start()) {
            assertThat(again.info("mine").state()).isEqualTo(State.DISABLED);
            again.host.enable("mine");
            assertThat(again.answer("mine:say")).isEqualTo("1");
            assertRefused(() -> again.host.enable("mine"), "Plugin already enabled");
            assertRefused(() -> again.host.enable("nobody"), "Plugin does not exist");
        }
    }

    @Test
    void aProviderThatAppsUseIsNeitherDisabledNorUninstalledNorLostInAReload() throws Exception {
        host.install(PluginJar.of("front", "to.proxy(new Front());", PROXY).stream());
        plugins.usage.put("proxy front", List.of(AppName.of("hello"), AppName.of("world")));
        String reason = "the proxy front is used by hello, world";
        assertRefused(() -> host.disable("front"), reason);
        assertRefused(() -> host.uninstall("front"), reason);
        assertRefused(() -> host.install(PluginJar.of("front", "").manifest("Plugin-Version", "2.0.0").stream()), reason);
        Files.move(plugins.added("front.jar"), folder.resolve("front.jar"));
        assertRefused(() -> host.reload(), "were not reloaded", reason);
        Files.move(folder.resolve("front.jar"), plugins.added("front.jar"));
        plugins.usage.clear();
        host.disable("front");
        try (Snapshots.Lease lease = host.lease()) {
            assertThat(lease.registry().proxies()).isEmpty();
        }
    }

    @Test
    void aReloadThatWouldBreakSomethingKeepsWhatIsInForceAndSaysWhy() throws Exception {
        version(1).write(plugins.added("mine.jar"));
        host.reload();
        Files.writeString(plugins.added("mine.jar"), "overwritten by accident");
        LoadingTest.saying("newer", "newer:say", "return \"\";").write(plugins.added("newer.jar"));
        assertRefused(() -> host.reload(), "those in force stay", "mine is no readable jar");
        assertThat(plugins.answer("mine:say")).isEqualTo("1");
        assertThat(host.plugins()).extracting(PluginInfo::id).containsExactly("mine");
    }

    @Test
    void aPluginThatWasBrokenBeforeDoesNotStopAReload() throws Exception {
        Files.writeString(plugins.added("torn.jar"), "no zip");
        host.close();
        try (HostedPlugins again = new HostedPlugins(folder).start()) {
            version(1).write(again.added("mine.jar"));
            again.host.reload();
            assertThat(again.answer("mine:say")).isEqualTo("1");
            assertThat(again.info("torn").state()).isEqualTo(State.BROKEN);
        }
    }

    @Test
    void aLeaseKeepsItsSnapshotThroughAReload() throws Exception {
        host.install(version(1).stream());
        AtomicInteger swaps = new AtomicInteger();
        host.onSwap(swaps::incrementAndGet);
        try (Snapshots.Lease old = host.lease()) {
            host.install(version(2).stream());
            assertThat(HostedPlugins.answer(old, "mine:say")).isEqualTo("1");
            assertThat(plugins.answer("mine:say")).isEqualTo("2");
        }
        assertThat(swaps).hasValue(1);
    }

    @Test
    void aLeaseThatWasTakenAgainKeepsTheSameSnapshotWhenTheFirstIsClosed() throws Exception {
        host.install(LoadingTest.saying("mine", "mine:say", "return new Later().word();")
                .source("mine.Later", "package mine; class Later { String word() { return \"old\" + 1; } }").stream());
        Snapshots.Lease first = host.lease();
        host.install(version(2).stream());
        try (Snapshots.Lease again = first.again()) {
            first.close();
            host.reload();
            assertThat(HostedPlugins.answer(again, "mine:say")).isEqualTo("old1");
        }
    }

    @Test
    void aJarThatIsOverwrittenInPlaceDisturbsNobodyWhoUsesIt() throws Exception {
        PluginJar lazy = LoadingTest.saying("mine", "mine:say", "return new Later().word();")
                .source("mine.Later", "package mine; class Later { String word() { return Inner.WORD; } static class Inner { static String WORD = \"later\" + 1; } }");
        lazy.write(plugins.added("mine.jar"));
        host.reload();
        try (Snapshots.Lease lease = host.lease()) {
            // The classes that the command needs are not loaded yet.
            Files.write(plugins.added("mine.jar"), new byte[10_000]);
            assertThat(HostedPlugins.answer(lease, "mine:say")).isEqualTo("later1");
        }
        version(2).write(plugins.added("mine.jar"));
        host.reload();
        assertThat(plugins.answer("mine:say")).isEqualTo("2");
    }

    @Test
    void aReplacedPluginIsClosedAfterItsLastUser() throws Exception {
        Path mark = folder.resolve("closed");
        host.install(closing(mark).stream());
        Snapshots.Lease lease = host.lease();
        Snapshots.Lease second = host.lease();
        host.uninstall("mine");
        lease.close();
        lease.close();
        assertThat(mark).doesNotExist();
        second.close();
        await().untilAsserted(() -> assertThat(mark).exists());
    }

    @Test
    void aReplacedPluginIsClosedAtTheDeadlineWhoeverUsesIt() throws Exception {
        Path mark = folder.resolve("closed");
        plugins.close();
        try (HostedPlugins hasty = new HostedPlugins(folder, Duration.ofMillis(50)).start()) {
            hasty.host.install(closing(mark).stream());
            try (Snapshots.Lease lease = hasty.host.lease()) {
                hasty.host.uninstall("mine");
                await().untilAsserted(() -> assertThat(mark).exists());
                assertThat(lease.registry().commands()).containsKey("mine:say");
            }
        }
    }

    private static PluginJar closing(Path mark) {
        return PluginJar.of("mine", "to.command(Say::new);", LoadingTest.SAY.formatted("mine:say", "return \"\";")
                + "public void close() throws java.io.IOException { java.nio.file.Files.createFile(java.nio.file.Path.of(\"" + mark + "\")); }");
    }

    @Test
    void jobsStopAtTheSwapAndThoseOfTheNewSnapshotStart() throws Exception {
        Path log = folder.resolve("log");
        host.startJobs();
        host.install(ticking(log, 1).stream());
        await().untilAsserted(() -> assertThat(log).content().contains("1"));
        host.install(ticking(log, 2).stream());
        await().untilAsserted(() -> assertThat(log).content().contains("2"));
        Files.writeString(log, "");
        await().untilAsserted(() -> assertThat(log).content().contains("2"));
        assertThat(log).content().doesNotContain("1");
        host.uninstall("ticking");
        await().untilAsserted(() -> assertThat(plugins.home.pluginCopies()).isEmptyDirectory());
    }

    private static PluginJar ticking(Path log, int version) {
        return PluginJar.of("ticking", "to.job(new Tick());", """
                static class Tick implements Job {
                    public String name() { return "tick"; }
                    public When when() { return new When.Every(java.time.Duration.ofMillis(5)); }
                    public void run() throws Exception {
                        java.nio.file.Files.writeString(java.nio.file.Path.of("%s"), "%d", java.nio.file.StandardOpenOption.CREATE,
                                java.nio.file.StandardOpenOption.APPEND);
                        throw new IllegalStateException("a failure does not end it");
                    }
                }""".formatted(log, version)).manifest("Plugin-Version", version + ".0.0");
    }

    @Test
    void fiftyReloadsLeakNeitherLoadersNorFiles() throws Exception {
        PluginJar reading = LoadingTest.saying("mine", "mine:say",
                "return new String(Say.class.getResource(\"/greeting.txt\").openStream().readAllBytes());").entry("greeting.txt", "hello");
        host.install(reading.stream());
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            try (Snapshots.Lease lease = host.lease()) {
                assertThat(HostedPlugins.answer(lease, "mine:say")).isEqualTo("hello");
                loaders.add(new WeakReference<>(
                        lease.registry().commands().get("mine:say").value().get().getClass().getClassLoader()));
            }
            host.reload();
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            System.gc();
            assertThat(loaders).allMatch(loader -> loader.get() == null);
            assertThat(openJars()).hasSizeLessThanOrEqualTo(1);
        });
        assertThat(plugins.home.pluginCopies()).isDirectoryContaining("glob:**.jar");
        try (Stream<Path> copies = Files.list(plugins.home.pluginCopies())) {
            assertThat(copies).hasSize(1);
        }
    }

    @Test
    void otherEnginesAreOpenedOnceAndClosedWithThePlugin() throws Exception {
        String manager = "context.engine(EngineAddress.of(\"tcp://10.0.0.5:2376\"));";
        host.install(PluginJar.of("mine", "kept = context; if (" + manager.replace(";", "") + " != " + manager.replace(";", "")
                + ") throw new IllegalStateException(\"another object\"); to.command(Say::new);",
                "static PluginContext kept;" + LoadingTest.SAY.formatted("mine:say", "return kept.engine(EngineAddress.of(\"tcp://10.0.0.6:2376\")).instance();"))
                .stream());
        assertThat(plugins.engines).containsExactly(EngineAddress.of("tcp://10.0.0.5:2376"));
        Snapshots.Lease old = host.lease();
        assertThat(HostedPlugins.answer(old, "mine:say")).isEqualTo("none");
        assertThat(plugins.engines).hasSize(2);
        host.reload();
        assertThat(plugins.engines).as("the old plugin is in use, the new one is there").hasSize(3);
        old.close();
        await().untilAsserted(() -> assertThat(plugins.engines).containsExactly(EngineAddress.of("tcp://10.0.0.5:2376")));
        assertThatThrownBy(() -> HostedPlugins.answer(old, "mine:say")).isInstanceOf(IllegalStateException.class).hasMessageContaining("mine was closed");
        assertRefused(() -> host.install(PluginJar.of("other", "context.engine(EngineAddress.of(\"tcp://10.0.0.7:2376\")); "
                + "throw new IllegalStateException(\"half done\");").stream()), "half done");
        await().untilAsserted(() -> assertThat(plugins.engines).doesNotContain(EngineAddress.of("tcp://10.0.0.7:2376")));
        host.uninstall("mine");
        await().untilAsserted(() -> assertThat(plugins.engines).isEmpty());
    }

    @Test
    void nobodyGetsALeaseOfAHostThatIsClosed() {
        host.close();
        assertThatThrownBy(host::lease).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void copiesThatAFormerProcessLeftAreRemoved() throws Exception {
        host.close();
        Files.createDirectories(plugins.home.pluginCopies());
        Files.writeString(plugins.home.pluginCopies().resolve("old.jar"), "");
        Files.writeString(plugins.home.pluginCopies().resolve("received1.jar"), "");
        try (HostedPlugins again = new HostedPlugins(folder).start()) {
            assertThat(again.home.pluginCopies()).isEmptyDirectory();
        }
    }

    /// The private copies that this process holds open.
    private List<Path> openJars() throws IOException {
        List<Path> jars = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    Path file = Files.readSymbolicLink(descriptor);
                    if (file.startsWith(plugins.home.pluginCopies())) {
                        jars.add(file);
                    }
                } catch (IOException e) {
                    // It was closed meanwhile.
                }
            }
        }
        return jars;
    }

    private List<String> jarsInHome() {
        try (Stream<Path> files = Files.list(plugins.home.plugins())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
