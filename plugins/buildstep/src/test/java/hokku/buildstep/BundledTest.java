package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.testkit.FakeSourceTree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// What every buildpack that comes along must have.
class BundledTest {
    private static final List<Bundled> ALL = Bundled.all();

    private static String text(Bundled buildpack, String file) {
        byte[] content = Scripts.ALL.get("build/buildpacks/" + buildpack.name() + "/" + file);
        assertThat(content).as("%s of %s", file, buildpack.name()).isNotNull();
        return new String(content, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void eachSaysWhatItTakesAndNeeds(Bundled buildpack) {
        List<String> accepts = text(buildpack, "accepts").lines().toList();
        assertThat(accepts.getFirst()).as("what it wants, in words").matches("# \\S.*");
        assertThat(buildpack.wants()).isNotBlank().doesNotStartWith("#");
        assertThat(buildpack.patterns()).isNotEmpty();
        assertThat(accepts).allMatch(line -> line.strip().equals(line));
        text(buildpack, "packages");
        assertThat(buildpack.packages()).allMatch(name -> name.matches("[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?"), "a package's name");
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void eachHasThePrograms(Bundled buildpack) {
        for (String program : List.of("bin/detect", "bin/compile")) {
            assertThat(text(buildpack, program)).as(program).startsWith("#!");
            assertThat(Scripts.isProgram(text(buildpack, program).getBytes(StandardCharsets.UTF_8))).isTrue();
        }
    }

    @Test
    void noFolderIsForgotten() {
        assertThat(Scripts.ALL.keySet().stream().filter(path -> path.matches("build/buildpacks/[^/]+/bin/compile"))
                .map(path -> path.split("/")[2])).containsExactlyInAnyOrderElementsOf(Bundled.names());
    }

    @Test
    void whatANameOfAProcessSaysComesLast() {
        assertThat(Bundled.names()).doesNotHaveDuplicates().endsWith("procfile");
        assertThat(Bundled.find("procfile")).isPresent();
        assertThat(Bundled.find("none")).isEmpty();
        assertThat(Bundled.allWants()).contains("a Procfile (procfile)");
    }

    @Test
    void theFirstThatTakesASourceIsTheOneToUse() throws Exception {
        FakeSourceTree both = FakeSourceTree.EMPTY.with("Procfile", "").with("go.mod", "");
        assertThat(Bundled.taking(both)).extracting(Bundled::name).containsExactly("go", "procfile");
        assertThat(Bundled.find("go").orElseThrow().found(both)).contains("go.mod");
        assertThat(Bundled.taking(FakeSourceTree.EMPTY.with("sub/go.mod", "").with("Procfile.dev", "").with("go.mods", ""))).isEmpty();
        assertThat(Bundled.find("go").orElseThrow().found(FakeSourceTree.EMPTY)).isEmpty();
    }
}
