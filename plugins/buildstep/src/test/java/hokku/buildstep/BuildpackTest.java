package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuildpackTest {
    private static final Optional<String> FOLDER = Optional.of("/srv/packs");

    @ParameterizedTest
    @CsvSource({
            "procfile, bundled:procfile",
            "https://host/pack.git, git:https://host/pack.git",
            "https://host:8443/a/pack, git:https://host:8443/a/pack",
            "https://host/pack.git#v1.2/x, git:https://host/pack.git#v1.2/x",
            "http://[::1]:8080/pack, git:http://[::1]:8080/pack",
            "git://host/pack, git:git://host/pack",
            "ssh://git@host:22/pack, git:ssh://git@host:22/pack",
            "git+ssh://host/pack, git:git+ssh://host/pack",
            "git@host:a/pack.git#main, git:git@host:a/pack.git#main",
            "'https://host/a,b.git', 'git:https://host/a,b.git'",
            "heroku/nodejs, git:https://github.com/heroku/heroku-buildpack-nodejs.git",
            "heroku/nodejs#v9, git:https://github.com/heroku/heroku-buildpack-nodejs.git#v9",
            "https://host/pack.tgz, archive:https://host/pack.tgz",
            "https://host/pack.tar.gz?sig=a%2F, archive:https://host/pack.tar.gz?sig=a%2F",
            "https://host/pack.tgz#v1, git:https://host/pack.tgz#v1",
            "./pack, app:pack",
            "./build/pack-1, app:build/pack-1",
            "/srv/packs/one, server:one",
            "file:///srv/packs/a/one#v1, server:a/one#v1",
    })
    void whatCanBeOneIsOne(String text, String word) {
        Buildpack buildpack = Buildpack.parse(text);
        assertThat(buildpack.text()).isEqualTo(text);
        assertThat(buildpack.word(FOLDER)).isEqualTo(word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "nonsense", "Procfile", "procfile#v1", "procfile ", "a b", "https://host/a b", "https://host/a\nb", "https://host/a\0b",
            "https://", "https:///pack", "https://host", "ftp://host/pack", "ext::sh -c id", "ext::sh", "--upload-pack=x", "-x",
            "https://host/pack#", "https://host/pack#--upload-pack=x", "https://host/pack#-b", "https://host/pack#a b", "https://host/pack#a;b",
            "https://host/pack#$(id)", "https://host/pack#a#b", "ssh://-oProxyCommand=id/pack", "ssh://-oProxyCommand=id@host/pack",
            "-oProxyCommand=id@host:pack", "git@-oProxyCommand=id:pack", "git@host",
            ".", "./", "./.", "./..", "./../pack", "./a/../../b", "./a//b", "../pack", "pack/", "./pack/",
            "/", "//", "/srv/packs/..", "/srv/packs/../../etc", "/srv/./packs", "file://", "file:///", "file://host/pack", "file:///srv/../etc",
            "file:///srv/packs//one", "a/b/c", "A/b"})
    void whatCanBeNoneIsRefused(String text) {
        assertThatThrownBy(() -> Buildpack.parse(text)).isInstanceOf(UserError.class)
                .hasMessageStartingWith("Invalid buildpack specified: \"").hasMessageContaining("git repository");
    }

    @Test
    void anEndlessNameIsRefusedInFewWords() {
        assertThatThrownBy(() -> Buildpack.parse("https://host/" + "x".repeat(2000))).hasMessageContaining("…")
                .satisfies(error -> assertThat(error.getMessage().length()).isLessThan(600));
    }

    @ParameterizedTest
    @CsvSource({
            "https://joe:secret@host/pack.git#v1, https://host/pack.git#v1",
            "https://secret@host/pack.git, https://host/pack.git",
            "https://joe:se@secret@host/pack.git, https://host/pack.git",
            "https://host/p@ck.git, https://host/p@ck.git",
            "https://host/pack.tgz?token=secret, https://host/pack.tgz?...",
            "https://joe:secret@host/pack?a=secret&b=secret#v1, https://host/pack?...#v1",
            "git@host:pack.git, git@host:pack.git",
    })
    void whatIsSecretIsNotShown(String text, String shown) {
        Buildpack buildpack = Buildpack.parse(text);
        assertThat(buildpack.shown()).isEqualTo(shown);
        assertThat(buildpack).hasToString(shown);
        assertThat(buildpack.word(FOLDER)).endsWith(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://joe:secret@host", "https://joe:secret@host/a b", "https://joe:secret/x@host/pack", "https://joe:secret#x@host/pack",
            "https://joe:secret@host/pack#-x", "ftp://joe:secret@host/pack", "joe:secret@host/pack", "https://joe:sec\nsecret@host/pack",
            "https://host/p?token=secret#-x"})
    void aRefusalShowsNothingSecret(String text) {
        assertThatThrownBy(() -> Buildpack.parse(text)).isInstanceOf(UserError.class).hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/srv/packs-of-others/one", "/etc/passwd", "file:///srv/pack", "/srv/packs"})
    void aFolderOutsideOfTheServersIsRefused(String text) {
        Buildpack buildpack = Buildpack.parse(text);
        assertThatThrownBy(() -> buildpack.word(FOLDER)).isInstanceOf(UserError.class).hasMessageContaining("is not in the server's folder of buildpacks, /srv/packs");
        assertThatThrownBy(() -> buildpack.word(Optional.empty())).isInstanceOf(UserError.class)
                .hasMessageContaining("builder-buildstep:set --global buildpacks-folder");
    }
}
