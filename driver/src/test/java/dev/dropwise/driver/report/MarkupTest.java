package dev.dropwise.driver.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class MarkupTest {
    @Test
    void shouldEscapeTextAndAttributesWhenTheyLookLikeMarkup() {
        String page = new Markup()
                .leaf("p", "</p><script>1 && 2</script>", "title", "\"onload='x'>")
                .toString();

        assertThat(page)
                .isEqualTo("<p title=\"&quot;onload=&#39;x&#39;&gt;\">"
                        + "&lt;/p&gt;&lt;script&gt;1 &amp;&amp; 2&lt;/script&gt;</p>\n");
    }

    @Test
    void shouldReplaceWhatXmlForbidsAndKeepTheRest() {
        String page = new Markup()
                .text("\u001b[31m a\tb\n \u0000 \ud83d\ude00 \ud83d x \uffff")
                .toString();

        assertThat(page).isEqualTo("\ufffd[31m a\tb\n \ufffd \ud83d\ude00 \ufffd x \ufffd");
    }

    @Test
    void shouldRefuseToBeReadWhenAnElementIsOpen() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new Markup().open("p").toString())
                .withMessageContaining("[p]");
    }
}
