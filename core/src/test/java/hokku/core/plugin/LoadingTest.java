package hokku.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.ApiVersion;
import hokku.api.AppName;
import hokku.api.UserError;
import hokku.api.hook.PreDeploy;
import hokku.api.spi.Command;
import hokku.core.plugin.PluginInfo.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What is loaded, what is not, and what is said of it.
class LoadingTest {
    static final String SAY = """
            @CommandLine.Command(name = "%s")
            public static class Say implements Command {
                public Access access() { return Access.READ; }
                public void run(Session session) throws Exception { session.print(say()); }
                String say() throws Exception { %s }
            }
            """;

    @TempDir
    private Path folder;
    private HostedPlugins plugins;

    @BeforeEach
    void open() throws IOException {
        plugins = new HostedPlugins(folder);
        // Whatever else is wrong, this one must load.
        saying("fine", "fine:say", "return \"fine\";").write(plugins.shipped.resolve("fine.jar"));
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    /// A plugin with one command.
    static PluginJar saying(String id, String command, String body) {
        return PluginJar.of(id, "to.command(Say::new);", SAY.formatted(command, body));
    }

    private void assertBroken(String id, String... reasons) throws Exception {
        plugins.start();
        assertThat(plugins.info(id).state()).isEqualTo(State.BROKEN);
        assertThat(plugins.info(id).reason()).contains(reasons);
        assertThat(plugins.answer("fine:say")).isEqualTo("fine");
    }

    @Test
    void shippedAndAddedJarsLoadByTheSameRoad() throws Exception {
        saying("extra", "extra:say", "return \"extra\";").write(plugins.added("extra.jar"));
        plugins.start();
        assertThat(plugins.host.plugins()).extracting(PluginInfo::id, PluginInfo::origin, PluginInfo::state).containsExactly(
                org.assertj.core.groups.Tuple.tuple("extra", Origin.ADDED, State.ENABLED),
                org.assertj.core.groups.Tuple.tuple("fine", Origin.SHIPPED, State.ENABLED));
        assertThat(plugins.answer("extra:say")).isEqualTo("extra");
    }

    @Test
    void aBrokenZipIsReportedByItsFile() throws Exception {
        Files.writeString(plugins.added("torn.jar"), "this is no zip");
        assertBroken("torn", "is no readable jar");
    }

    @Test
    void aHalfCopiedJarIsReported() throws Exception {
        byte[] whole = saying("half", "half:say", "return \"\";").bytes();
        Files.write(plugins.added("half.jar"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertBroken("half", "is no readable jar");
    }

    @Test
    void aJarWithoutAnIdIsReported() throws Exception {
        saying("nameless", "a:b", "return \"\";").without("Plugin-Id").write(plugins.added("nameless.jar"));
        assertBroken("nameless", "has no Plugin-Id");
    }

    @Test
    void anIdThatIsAPathIsRefused() throws Exception {
        PluginJar.empty("../../evil").manifest("Plugin-Class", "X").write(plugins.added("evil.jar"));
        assertBroken("evil", "Plugin-Id", "lowercase letters");
    }

    @Test
    void aJarWithoutAManifestIsReported() throws Exception {
        try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(plugins.added("bare.jar")))) {
            zip.putNextEntry(new java.util.zip.ZipEntry("a"));
        }
        assertBroken("bare", "MANIFEST.MF");
    }

    @Test
    void aVersionThatIsNoneIsReported() throws Exception {
        saying("odd", "odd:say", "return \"\";").manifest("Plugin-Version", "one").write(plugins.added("odd.jar"));
        assertBroken("odd", "Plugin-Version one");
    }

    @Test
    void aPluginForAnotherApiIsRefused() throws Exception {
        saying("future", "future:say", "return \"\";").manifest("Plugin-Requires", ">=2.0.0").write(plugins.added("future.jar"));
        assertBroken("future", "requires version >=2.0.0 of the plugin API", ApiVersion.current());
    }

    @Test
    void aPluginForALaterAdditionToTheApiIsRefused() throws Exception {
        saying("future", "future:say", "return \"\";").manifest("Plugin-Requires", "1.7.0").write(plugins.added("future.jar"));
        assertBroken("future", "requires version 1.7.0");
    }

    @Test
    void aRangeThatCannotBeUnderstoodIsReported() throws Exception {
        saying("odd", "odd:say", "return \"\";").manifest("Plugin-Requires", "about one").write(plugins.added("odd.jar"));
        assertBroken("odd", "Plugin-Requires", "about one");
    }

    @Test
    void aJarThatBundlesTheApiIsRefused() throws Exception {
        saying("fat", "fat:say", "return \"\";").entry("hokku/api/Plugin.class", "x").write(plugins.added("fat.jar"));
        assertBroken("fat", "bundles hokku.api", "provided");
    }

    @Test
    void aJarThatBundlesALoggerOrPicocliIsRefused() throws Exception {
        saying("fat", "fat:say", "return \"\";").entry("META-INF/versions/9/org/slf4j/Logger.class", "x").write(plugins.added("fat.jar"));
        saying("fatter", "fatter:say", "return \"\";").entry("picocli/CommandLine.class", "x").write(plugins.added("fatter.jar"));
        assertBroken("fat", "bundles org.slf4j");
        assertThat(plugins.info("fatter").reason()).contains("bundles picocli");
    }

    @Test
    void whatAPluginThrowsWhileItContributesKeepsItFromLoading() throws Exception {
        PluginJar.of("angry", "if (true) throw new IllegalStateException(\"no disk\");").write(plugins.added("angry.jar"));
        PluginJar.of("polite", "throw new UserError(\"Install curl first\");").write(plugins.added("polite.jar"));
        assertBroken("angry", "failed to start", "no disk");
        assertThat(plugins.info("polite").reason()).isEqualTo("is refused: Install curl first");
    }

    @Test
    void aConstructorThatThrowsKeepsThePluginFromLoading() throws Exception {
        PluginJar.of("angry", "", "public Main() { throw new IllegalStateException(\"no luck\"); }").write(plugins.added("angry.jar"));
        assertBroken("angry", "failed to start", "no luck");
    }

    @Test
    void aPluginThatFailedAfterItsConstructorIsClosedAndContributesNothing() throws Exception {
        Path mark = folder.resolve("closed");
        PluginJar.of("half", "to.command(Say::new); throw new IllegalStateException();", SAY.formatted("half:say", "return \"\";")
                + "public void close() throws java.io.IOException { java.nio.file.Files.createFile(java.nio.file.Path.of(\"" + mark + "\")); }")
                .write(plugins.added("half.jar"));
        assertBroken("half", "failed to start");
        assertThat(mark).exists();
        try (Snapshots.Lease lease = plugins.host.lease()) {
            assertThat(lease.registry().commands()).containsOnlyKeys("fine:say");
        }
    }

    @Test
    void aClassThatIsNoPluginIsRefused() throws Exception {
        PluginJar.empty("plain").manifest("Plugin-Class", "plain.Thing").source("plain.Thing", "package plain; public class Thing {}")
                .write(plugins.added("plain.jar"));
        PluginJar.empty("gone").manifest("Plugin-Class", "gone.Thing").write(plugins.added("gone.jar"));
        PluginJar.empty("hidden").manifest("Plugin-Class", "hidden.Thing").source("hidden.Thing", """
                package hidden; class Thing implements hokku.api.Plugin {
                    public void contribute(hokku.api.PluginContext context, hokku.api.Contributions to) {}
                }
                """).write(plugins.added("hidden.jar"));
        assertBroken("plain", "does not implement hokku.api.Plugin");
        assertThat(plugins.info("gone").reason()).contains("gone.Thing", "not in the jar");
        assertThat(plugins.info("hidden").reason()).contains("no public class");
    }

    @Test
    void aCommandThatIsThereAlreadyIsAnErrorThatNamesBothPlugins() throws Exception {
        saying("aaa", "fine:say", "return \"mine\";").write(plugins.added("aaa.jar"));
        assertBroken("aaa", "the command fine:say of plugin aaa is there already, from plugin fine");
    }

    @Test
    void aClashThatThePluginHidesCountsAllTheSame() throws Exception {
        PluginJar.of("sly", "try { to.command(Say::new); } catch (RuntimeException e) { }", SAY.formatted("fine:say", "return \"\";"))
                .write(plugins.added("sly.jar"));
        assertBroken("sly", "is there already");
    }

    @Test
    void namesOfSettingsAndJobsMustNotClashEither() throws Exception {
        PluginJar.of("first", "to.setting(Setting.text(\"web\", \"size\"));").write(plugins.added("first.jar"));
        PluginJar.of("second", "to.setting(Setting.text(\"web\", \"size\"));").write(plugins.added("second.jar"));
        PluginJar.of("twice", "to.job(new Tick()); to.job(new Tick());", """
                static class Tick implements Job {
                    public String name() { return "tick"; }
                    public When when() { return new When.Every(java.time.Duration.ofHours(1)); }
                    public void run() {}
                }""").write(plugins.added("twice.jar"));
        assertBroken("second", "the setting web.size of plugin second is there already, from plugin first");
        assertThat(plugins.info("twice").reason()).contains("tick twice");
        assertThat(plugins.info("first").state()).isEqualTo(State.ENABLED);
    }

    @Test
    void aJobAtNoTimeIsRefused() throws Exception {
        PluginJar.of("never", "to.job(new Tick());", """
                static class Tick implements Job {
                    public String name() { return "tick"; }
                    public When when() { return new When.Cron("61 * * * *", java.time.ZoneOffset.UTC); }
                    public void run() {}
                }""").write(plugins.added("never.jar"));
        assertBroken("never", "the job tick runs at no time");
    }

    @Test
    void aCommandWithoutAProperNameIsRefused() throws Exception {
        saying("loud", "Loud Command", "return \"\";").write(plugins.added("loud.jar"));
        assertBroken("loud", "\"Loud Command\"", "noun:verb");
    }

    @Test
    void aBuiltInCommandCannotBeTaken() throws Exception {
        saying("aaa", "core:say", "return \"mine\";").write(plugins.added("aaa.jar"));
        plugins.start(new BuiltIn("core", "0.1.0", "The core", (context, to) -> to.command(CoreSays::new)));
        assertThat(plugins.info("aaa").reason()).contains("from plugin core");
        assertThat(plugins.info("core").origin()).isEqualTo(Origin.BUILT_IN);
        assertThat(plugins.answer("core:say")).isEqualTo("core");
    }

    @CommandLine.Command(name = "core:say")
    private static final class CoreSays implements Command {
        @Override
        public hokku.api.Access access() {
            return hokku.api.Access.READ;
        }

        @Override
        public void run(hokku.api.spi.Session session) {
            session.print("core");
        }
    }

    @Test
    void thePluginWhoseIdIsTakenIsTheOneThatIsBroken() throws Exception {
        saying("fine", "other:say", "return \"\";").write(plugins.added("fine-2.jar"));
        plugins.start();
        assertThat(plugins.host.plugins()).extracting(PluginInfo::file, PluginInfo::state).containsExactly(
                org.assertj.core.groups.Tuple.tuple("fine.jar", State.ENABLED),
                org.assertj.core.groups.Tuple.tuple("fine-2.jar", State.BROKEN));
        assertThat(plugins.host.plugins().getLast().reason()).contains("in fine.jar");
    }

    @Test
    void aPluginSeesTheApiAndNothingOfTheCoreOrItsLibraries() throws Exception {
        saying("nosy", "nosy:say", """
                StringBuilder seen = new StringBuilder();
                for (String name : new String[] {"hokku.core.plugin.PluginHost", "hokku.core.state.Home", "org.pf4j.PluginManager",
                        "org.eclipse.jgit.lib.Repository", "org.apache.sshd.server.SshServer", "org.bouncycastle.crypto.Digest",
                        "com.fasterxml.jackson.databind.ObjectMapper", "com.github.dockerjava.core.DockerClientBuilder",
                        "hokku.api.App", "org.slf4j.Logger", "picocli.CommandLine", "com.github.dockerjava.api.DockerClient",
                        "java.sql.Connection", "javax.net.ssl.SSLContext"}) {
                    try { Class.forName(name); seen.append(name).append('\\n'); } catch (ClassNotFoundException e) { }
                }
                if (Say.class.getResource("/hokku/core/plugin/PluginHost.class") != null) seen.append("core resource");
                return seen.toString();
                """).write(plugins.added("nosy.jar"));
        plugins.start();
        assertThat(plugins.answer("nosy:say").lines()).containsExactly("hokku.api.App", "org.slf4j.Logger", "picocli.CommandLine",
                "com.github.dockerjava.api.DockerClient", "java.sql.Connection", "javax.net.ssl.SSLContext");
    }

    @Test
    void aPluginThatUsesTheCoreBreaksWithTheNameOfWhatItMisses() throws Exception {
        PluginJar.of("spy", "new hokku.core.state.Home(java.nio.file.Path.of(\"/\")).apps();").write(plugins.added("spy.jar"));
        assertBroken("spy", "hokku.core.state.Home", "neither in its jar nor part of the plugin API");
    }

    @Test
    void aPluginReadsTheFilesOfItsJar() throws Exception {
        saying("reader", "reader:say", "try (var in = Say.class.getResourceAsStream(\"/greeting.txt\")) { return new String(in.readAllBytes()); }")
                .entry("greeting.txt", "hello from the jar").write(plugins.added("reader.jar"));
        plugins.start();
        assertThat(plugins.answer("reader:say")).isEqualTo("hello from the jar");
    }

    @Test
    void aPluginUsesTheClassesOfOneThatItDependsOn() throws Exception {
        Path library = saying("zlib", "zlib:say", "return \"\";").source("zlib.Words", "package zlib; public class Words { public static String WORD = \"shared\"; }")
                .write(plugins.added("zlib.jar"));
        saying("app", "app:say", "return zlib.Words.WORD;").with(library).manifest("Plugin-Dependencies", "zlib@>=1.0.0")
                .write(plugins.added("app.jar"));
        plugins.start();
        assertThat(plugins.answer("app:say")).isEqualTo("shared");
    }

    @Test
    void aDependencyThatIsMissingBrokenDisabledOrTooOldIsNamed() throws Exception {
        PluginJar.of("one", "").manifest("Plugin-Dependencies", "nobody").write(plugins.added("one.jar"));
        PluginJar.of("two", "").manifest("Plugin-Dependencies", "one").write(plugins.added("two.jar"));
        PluginJar.of("three", "").manifest("Plugin-Dependencies", "fine@>=2.0.0").write(plugins.added("three.jar"));
        PluginJar.of("off", "").write(plugins.added("off.jar"));
        Files.createFile(plugins.home.pluginDisabled("off"));
        PluginJar.of("four", "").manifest("Plugin-Dependencies", "off").write(plugins.added("four.jar"));
        PluginJar.of("five", "").manifest("Plugin-Dependencies", "nobody?").write(plugins.added("five.jar"));
        assertBroken("one", "needs the plugin nobody, which is not there");
        assertThat(plugins.info("two").reason()).isEqualTo("needs the plugin one, which is broken");
        assertThat(plugins.info("three").reason()).isEqualTo("needs version >=2.0.0 of the plugin fine, and 1.0.0 is there");
        assertThat(plugins.info("four").reason()).isEqualTo("needs the plugin off, which is disabled");
        assertThat(plugins.info("five").state()).isEqualTo(State.ENABLED);
    }

    @Test
    void pluginsThatDependOnEachOtherAreBrokenAndTheOthersLoad() throws Exception {
        PluginJar.of("hen", "").manifest("Plugin-Dependencies", "egg").write(plugins.added("hen.jar"));
        PluginJar.of("egg", "").manifest("Plugin-Dependencies", "hen").write(plugins.added("egg.jar"));
        assertBroken("hen", "depends on itself");
        assertThat(plugins.info("egg").state()).isEqualTo(State.BROKEN);
    }

    @Test
    void handlersRunByOrderThenByDependenciesThenById() throws Exception {
        String normal = "to.hook(PreDeploy.class, (deployment, out) -> deployment);";
        PluginJar.of("bbb", normal).write(plugins.added("bbb.jar"));
        PluginJar.of("aaa", normal).manifest("Plugin-Dependencies", "ccc").write(plugins.added("aaa.jar"));
        PluginJar.of("ccc", normal).write(plugins.added("ccc.jar"));
        PluginJar.of("ddd", "to.hook(PreDeploy.class, Order.EARLY, (deployment, out) -> deployment);"
                + "to.hook(PreDeploy.class, Order.LATE, (deployment, out) -> deployment);").write(plugins.added("ddd.jar"));
        plugins.start();
        try (Snapshots.Lease lease = plugins.host.lease()) {
            assertThat(lease.registry().hooks(PreDeploy.class)).extracting(Registry.Handler::plugin)
                    .containsExactly("ddd", "bbb", "ccc", "aaa", "ddd");
        }
    }

    @Test
    void contributingIsPossibleInContributeOnly() throws Exception {
        PluginJar.of("late", "kept = to; to.command(Say::new);", "static Contributions kept;" + SAY.formatted("late:say",
                "try { kept.listener(event -> {}); return \"accepted\"; } catch (IllegalStateException e) { return e.getMessage(); }"))
                .write(plugins.added("late.jar"));
        plugins.start();
        assertThat(plugins.answer("late:say")).contains("late contributes too late");
    }

    @Test
    void foldersOfAPluginAreItsOwnAndPrivate() throws Exception {
        plugins.start();
        HostContext context = new HostContext("fine", new Services(plugins.apps, null, null, null), plugins.home);
        assertThat(Files.getPosixFilePermissions(context.folder())).hasSize(3);
        assertThat(context.folder()).isDirectory().isEqualTo(plugins.home.pluginData("fine"));
        AppName app = AppName.of("hello");
        assertThatThrownBy(() -> context.folder(app)).isInstanceOf(UserError.class).hasMessage("App hello does not exist");
        Files.createDirectories(plugins.home.app(app));
        assertThat(context.folder(app)).isDirectory().isEqualTo(plugins.home.pluginFolder(app, "fine"));
    }
}
