package hokku.core.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.AppName;
import hokku.api.SourceTree;
import hokku.api.SourceTree.Entry;
import hokku.api.SourceTree.Kind;
import hokku.api.UserError;
import hokku.core.state.Home;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitSourceTreeTest {
    @TempDir
    private Path folder;
    private final AppName app = AppName.of("hello");
    private Repositories repositories;

    @BeforeEach
    void makeRepository() throws IOException {
        Home home = new Home(folder);
        home.create();
        repositories = new Repositories(home);
        repositories.create(app);
    }

    @Test
    void entriesAreListedInTheOrderOfTheirPathsWithTheirKinds() throws IOException {
        SourceTree tree = sample();
        assertThat(tree.entries()).containsExactly(
                new Entry("Dockerfile", Kind.FILE, 12),
                new Entry("bin/start", Kind.EXECUTABLE, 3),
                new Entry("lib", Kind.SUBMODULE, 0),
                new Entry("link", Kind.SYMLINK, 9),
                new Entry("web/index.html", Kind.FILE, 2));
    }

    @Test
    void filesAreReadAndWhatIsNoFileIsAbsent() throws IOException {
        SourceTree tree = sample();
        assertThat(tree.readText("Dockerfile")).contains("FROM scratch");
        assertThat(tree.readText("./web//index.html")).contains("hi");
        assertThat(tree.readText("link")).contains("bin/start");
        assertThat(tree.read("web")).isEmpty();
        assertThat(tree.read("lib")).isEmpty();
        assertThat(tree.read("none")).isEmpty();
        assertThatThrownBy(() -> tree.read("../secret")).isInstanceOf(UserError.class).hasMessageContaining("leads out");
    }

    @Test
    void aFileThatIsTooLargeToReadIsRefused() throws IOException {
        SourceTree tree = tree(commits().file("big", FileMode.REGULAR_FILE, new byte[SourceTree.MAX_READ + 1]));
        assertThatThrownBy(() -> tree.read("big")).isInstanceOf(UserError.class).hasMessageContaining("big has 8388609 bytes");
    }

    @Test
    void theArchiveHoldsFoldersFilesLinksModesAndTimes() throws IOException {
        Map<String, TarArchiveEntry> archive = new LinkedHashMap<>();
        Map<String, String> contents = new LinkedHashMap<>();
        unpack(sample(), archive, contents);
        assertThat(archive.keySet()).containsExactly("Dockerfile", "bin/", "bin/start", "link", "web/", "web/index.html");
        assertThat(archive.get("bin/start").getMode() & 0777).isEqualTo(0755);
        assertThat(archive.get("Dockerfile").getMode() & 0777).isEqualTo(0644);
        assertThat(archive.get("web/").isDirectory()).isTrue();
        assertThat(archive.get("link").isSymbolicLink()).isTrue();
        assertThat(archive.get("link").getLinkName()).isEqualTo("bin/start");
        assertThat(archive.get("web/index.html").getLastModifiedTime().toInstant()).isEqualTo(TestCommits.TIME);
        assertThat(contents).containsEntry("web/index.html", "hi");
    }

    @Test
    void longAndForeignNamesSurviveTheArchive() throws IOException {
        String path = "föö/" + "x".repeat(150) + "/" + "y".repeat(200) + "/😀";
        String target = "z".repeat(180);
        Map<String, TarArchiveEntry> archive = new LinkedHashMap<>();
        Map<String, String> contents = new LinkedHashMap<>();
        unpack(tree(commits().file(path, "deep").file("far", FileMode.SYMLINK, target.getBytes(StandardCharsets.UTF_8))),
                archive, contents);
        assertThat(contents).containsEntry(path, "deep");
        assertThat(archive.get("far").getLinkName()).isEqualTo(target);
    }

    @Test
    void onlyWhatIsWantedIsArchived() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        sample().writeTar(bytes, entry -> entry.path().startsWith("web/"));
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(tar.getNextEntry().getName()).isEqualTo("web/");
            assertThat(tar.getNextEntry().getName()).isEqualTo("web/index.html");
            assertThat(tar.getNextEntry()).isNull();
        }
    }

    @Test
    void aFileCanBePutOverTheCommit() throws IOException {
        SourceTree tree = sample().with("Dockerfile", bytes("FROM busybox"), false).with("new/run", bytes("go"), true);
        assertThat(tree.readText("Dockerfile")).contains("FROM busybox");
        assertThat(tree.entries()).contains(new Entry("new/run", Kind.EXECUTABLE, 2)).hasSize(6);
        Map<String, String> contents = new LinkedHashMap<>();
        unpack(tree, new LinkedHashMap<>(), contents);
        assertThat(contents).containsEntry("Dockerfile", "FROM busybox").containsEntry("new/run", "go");
        assertThat(sample().readText("Dockerfile")).contains("FROM scratch");
    }

    @Test
    void aFolderCanBecomeTheRoot() throws IOException {
        SourceTree tree = tree(commits().file("app/Dockerfile", "1").file("app/src/a", "2").file("app-other/b", "3")
                .file("c", "4"));
        SourceTree below = tree.with("app/extra", bytes("5"), false).below("app").with("more", bytes("6"), false);
        assertThat(below.entries()).extracting(Entry::path).containsExactly("Dockerfile", "extra", "more", "src/a");
        assertThat(below.readText("src/a")).contains("2");
        assertThat(below.readText("extra")).contains("5");
        assertThat(below.readText("c")).isEmpty();
        assertThat(below.below("src").readText("a")).contains("2");
        assertThat(below.below(".").entries()).hasSize(4);
        Map<String, String> contents = new LinkedHashMap<>();
        unpack(below, new LinkedHashMap<>(), contents);
        assertThat(contents).containsOnlyKeys("Dockerfile", "extra", "more", "src/", "src/a");
    }

    @Test
    void submodulesPointersAndEmptyCommitsAreNoSourceToBuild() throws IOException {
        refused(commits(), "holds no files");
        refused(commits().file("vendor/lib", FileMode.GITLINK, new byte[0]), "vendor/lib is a submodule");
        refused(commits().file("a", "1").file("img/logo.png", """
                version https://git-lfs.github.com/spec/v1
                oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
                size 12345
                """), "img/logo.png is kept in Git LFS");
    }

    private void refused(TestCommits commits, String reason) throws IOException {
        CommitFiles files = new CommitFiles(() -> repositories.open(app),
                ObjectId.fromString(commits.commit()));
        assertThatThrownBy(() -> SourceRules.check(new GitSourceTree(files), files)).isInstanceOf(UserError.class)
                .hasMessageContaining(reason);
    }

    private SourceTree sample() throws IOException {
        return tree(commits().file("Dockerfile", "FROM scratch").file("web/index.html", "hi")
                .file("bin/start", FileMode.EXECUTABLE_FILE, bytes("go!"))
                .file("lib", FileMode.GITLINK, new byte[0])
                .file("link", FileMode.SYMLINK, bytes("bin/start")));
    }

    private SourceTree tree(TestCommits commits) throws IOException {
        return repositories.tree(app, commits.commit());
    }

    private TestCommits commits() {
        return new TestCommits(repositories, app);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void unpack(SourceTree tree, Map<String, TarArchiveEntry> entries,
            Map<String, String> contents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tree.writeTar(bytes, entry -> true);
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put(entry.getName(), entry);
                contents.put(entry.getName(), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }
}
