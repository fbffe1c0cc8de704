package hokku.core.git;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.UserError;
import hokku.core.git.GitClient.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Which branches and tags a push may move, and which of them is deployed.
@Timeout(60)
class PushedRefsIT extends PushFixture {
    @Test
    void mainIsDeployedWhenItComesFirstAndMasterIsOnlyStoredThen() throws Exception {
        String commit = client.commit("a", "1");
        client.ok("push", "dokku", "master:main");
        assertThat(deployed).containsExactly(commit);
        Result other = client.run("push", "dokku", "master");
        assertThat(other.exitCode()).isZero();
        assertThat(other.output()).contains("master was stored, not deployed: the branch that is deployed is main")
                .contains("git push <remote> master:main");
        assertThat(deployed).hasSize(1);
    }

    @Test
    void otherBranchesAndTagsAreStoredAndCanBeDeleted() throws Exception {
        client.commit("a", "1");
        client.ok("tag", "-a", "v1", "-m", "one");
        Result push = client.run("push", "dokku", "master", "master:feature", "v1");
        assertThat(push.exitCode()).as(push.output()).isZero();
        assertThat(push.output()).contains("feature was stored, not deployed").contains("git push <remote> feature:master");
        assertThat(deployed).hasSize(1);
        assertThat(repositories.tip(APP, "refs/heads/feature")).isPresent();
        assertThat(repositories.tip(APP, "refs/tags/v1")).contains(client.id("v1"));
        client.ok("push", "dokku", ":feature", ":v1");
        assertThat(repositories.tip(APP, "refs/heads/feature")).isEmpty();
        assertThat(repositories.tip(APP, "refs/tags/v1")).isEmpty();
    }

    @Test
    void theBranchThatIsDeployedCannotBeDeleted() throws Exception {
        String commit = client.commit("a", "1");
        client.ok("push", "dokku", "master");
        Result push = client.run("push", "dokku", ":master");
        assertThat(push.exitCode()).isEqualTo(1);
        assertThat(push.output()).contains("[remote rejected] master (the branch that is deployed cannot be deleted)")
                .contains("apps:destroy hello");
        assertThat(repositories.tip(APP, MASTER)).contains(commit);
    }

    @Test
    void otherKindsOfReferencesAreRefused() throws Exception {
        client.commit("a", "1");
        Result push = client.run("push", "dokku", "master", "master:refs/notes/x");
        assertThat(push.exitCode()).isEqualTo(1);
        assertThat(push.output()).contains("refs/notes/x (only branches and tags can be pushed)").contains("[new branch]");
        assertThat(deployed).hasSize(1);
    }

    @Test
    void theTagOfACommitIsNoBranch() throws Exception {
        client.commit("a", "1");
        client.ok("tag", "-a", "v1", "-m", "one");
        Result push = client.run("push", "dokku", "v1:refs/heads/master");
        assertThat(push.exitCode()).isEqualTo(1);
        assertThat(deployed).isEmpty();
    }

    @Test
    void anAtomicPushIsAllOrNothing() throws Exception {
        client.commit("a", "1");
        deploy = (push, out) -> {
            throw new UserError("no");
        };
        Result push = client.run("push", "--atomic", "dokku", "master", "master:feature");
        assertThat(push.exitCode()).isEqualTo(1);
        assertThat(repositories.tip(APP, "refs/heads/feature")).isEmpty();
        client.run("push", "--atomic", "dokku", "master", "master:refs/notes/x");
        assertThat(repositories.tip(APP, MASTER)).isEmpty();
    }

    @Test
    void anotherHistoryIsTakenWithForceOnly() throws Exception {
        client.commit("a", "1");
        client.ok("push", "dokku", "master");
        client.ok("commit", "--amend", "-q", "-m", "other");
        assertThat(client.run("push", "dokku", "master").output()).contains("[rejected]");
        client.ok("push", "--force", "dokku", "master");
        assertThat(repositories.tip(APP, MASTER)).contains(client.id("HEAD"));
    }
}
