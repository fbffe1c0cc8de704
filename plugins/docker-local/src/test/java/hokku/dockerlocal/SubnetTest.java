package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {
    @Test
    void aPoolIsCutIntoParts() {
        Subnet pool = Subnet.of("10.213.0.0/16");
        assertThat(pool.parts(26)).isEqualTo(1024);
        assertThat(pool.part(0, 26)).hasToString("10.213.0.0/26");
        assertThat(pool.part(5, 26)).hasToString("10.213.1.64/26");
        assertThat(pool.part(1023, 26)).hasToString("10.213.255.192/26");
        assertThat(Subnet.of("10.0.0.0/27").parts(26)).isZero();
    }

    @Test
    void bitsBeyondTheLengthAreDropped() {
        assertThat(Subnet.of("10.213.7.9/16")).isEqualTo(Subnet.of("10.213.0.0/16")).hasToString("10.213.0.0/16");
    }

    @Test
    void overlapsAreSeenFromBothSides() {
        Subnet wide = Subnet.of("10.0.0.0/8");
        Subnet narrow = Subnet.of("10.213.0.64/26");
        assertThat(wide.overlaps(narrow)).isTrue();
        assertThat(narrow.overlaps(wide)).isTrue();
        assertThat(narrow.overlaps(Subnet.of("10.213.0.0/26"))).isFalse();
        assertThat(narrow.overlaps(Subnet.of("10.213.0.127/32"))).isTrue();
        assertThat(Subnet.of("255.255.255.255/32").overlaps(Subnet.of("0.0.0.0/0"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0", "10.0.0.256/8", "10.0.0.0/33", "fd00::/8", "10.0.0.0/8; rm"})
    void everythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Subnet.of(text)).isInstanceOf(UserError.class).hasMessageContaining("10.213.0.0/16");
    }
}
