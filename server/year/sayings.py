"""What invented children write, in both languages: plausible, kind, and plainly nobody's."""

from collections.abc import Mapping
from typing import Final, Literal

from server.core.live.lesson import LessonStep
from server.core.live.protocol import Input

Kind = Literal["notice", "question", "idea", "path", "because", "intention", "reflection", "thanks", "goal", "about_me"]

SAYINGS: Final[Mapping[Kind, Mapping[str, tuple[str, ...]]]] = {
    "notice": {
        "en": (
            "The same word comes back three times, and each time somebody else says it.",
            "She kisses, but the other one holds on. The text puts the two right beside each other.",
            "Nobody answers here. The verse just stops.",
            "It says “return” even for the one who has never been there.",
            "First it is all about walking, and then suddenly everybody stands still.",
            "There are five small sentences in a row, like steps.",
        ),
        "he": (
            "אותה מילה חוזרת שלוש פעמים, ובכל פעם מישהו אחר אומר אותה.",
            "אחת נושקת והשנייה דבקה. הכתוב שם את שתיהן ממש זו ליד זו.",
            "אף אחד לא עונה כאן. הפסוק פשוט נעצר.",
            "כתוב ״לשוב״ גם על מי שמעולם לא הייתה שם.",
            "בהתחלה הכול הליכה, ופתאום כולם עומדים.",
            "יש כאן חמישה משפטים קצרים ברצף, כמו מדרגות.",
        ),
    },
    "question": {
        "en": (
            "Why does she say it twice if she already said no?",
            "What would have happened if both had stayed?",
            "Who hears this promise besides the two of them?",
            "Is leaving also a way of being kind?",
            "How do you know that somebody has stopped being a stranger?",
            "Does she decide with her head or with her feet?",
        ),
        "he": (
            "למה היא אומרת את זה פעמיים אם כבר סירבה?",
            "מה היה קורה אילו שתיהן היו נשארות?",
            "מי שומע את ההבטחה הזאת חוץ משתיהן?",
            "האם גם ללכת יכול להיות דרך לעשות טוב?",
            "איך יודעים שמישהו כבר לא זר?",
            "היא מחליטה עם הראש או עם הרגליים?",
        ),
    },
    "idea": {
        "en": (
            "I think the promise is mostly to herself: she says it so strongly because it is hard.",
            "Maybe staying is not the brave thing here, and asking is.",
            "It reads to me as if nobody is right and both are kind.",
            "I think the text lets the quiet one leave without blame.",
            "It could mean that a place becomes yours when you take care of somebody there.",
            "I read it as an answer to a question that was never asked aloud.",
        ),
        "he": (
            "נראה לי שההבטחה היא קודם כול לעצמה: היא אומרת את זה חזק כי קשה לה.",
            "אולי האומץ כאן הוא לא להישאר אלא לבקש.",
            "זה נקרא לי כאילו אף אחת לא צודקת יותר, ושתיהן טובות.",
            "נראה לי שהכתוב נותן לשקטה ללכת בלי להאשים.",
            "אולי הכוונה היא שמקום נעשה שלך כשיש בו מישהו לדאוג לו.",
            "קראתי את זה כתשובה לשאלה שלא נשאלה בקול.",
        ),
    },
    "path": {
        "en": (
            "The word is strong and short, so I hear a decision in it.",
            "These words come right after the tears, and that is why.",
            "It says “with you” and not “after you”.",
        ),
        "he": (
            "המילה קצרה וחזקה, ולכן נשמעת בה החלטה.",
            "המילים האלה באות מיד אחרי הבכי, ולכן.",
            "כתוב ״עמך״ ולא ״אחריך״.",
        ),
    },
    "because": {
        "en": (
            "because the verse says so itself, with the word “together”",
            "because my partner showed me that it can be heard as a question",
            "because it would change what happens in the next verse",
        ),
        "he": (
            "כי הפסוק אומר את זה בעצמו, במילה ״יחדיו״",
            "כי בחברותא הראו לי שאפשר לשמוע את זה כשאלה",
            "כי זה היה משנה את מה שקורה בפסוק הבא",
        ),
    },
    "intention": {
        "en": (
            "Wait until my partner has finished the sentence.",
            "Ask one more question before I answer.",
            "Say where in the text I see it.",
        ),
        "he": (
            "לחכות עד סוף המשפט של החברותא.",
            "לשאול עוד שאלה אחת לפני שעונים.",
            "לומר איפה בטקסט רואים את זה.",
        ),
    },
    "reflection": {
        "en": (
            "It showed when we read it a second time: I waited, and then the best idea came.",
            "I forgot about it in the middle and remembered when my partner asked me “where?”.",
            "Next time I would ask earlier. I talked a lot today.",
            "I noticed that I listen better when I write down one word of what I hear.",
            "It was hard, because we both wanted to say the same thing. We laughed and took turns.",
        ),
        "he": (
            "זה קרה בקריאה השנייה: חיכינו, ואז בא הרעיון הכי טוב.",
            "באמצע זה נשכח, ונזכרנו כששאלו אותי ״איפה?״.",
            "בפעם הבאה כדאי לשאול קודם. היום היה יותר מדי דיבור שלי.",
            "כשכותבים מילה אחת ממה ששומעים, מקשיבים טוב יותר.",
            "היה קשה כי שנינו רצינו לומר אותו דבר. צחקנו, ואז התחלפנו.",
        ),
    },
    "thanks": {
        "en": (
            "Thank you for asking me what I meant instead of guessing.",
            "Thank you for showing me the word that I had read past.",
            "Thank you for waiting. I needed that minute.",
        ),
        "he": (
            "תודה ששאלת למה התכוונתי ולא ניחשת.",
            "תודה שהראית לי את המילה שדילגתי עליה.",
            "תודה שחיכית. הדקה הזאת הייתה חשובה לי.",
        ),
    },
    "goal": {
        "en": ("I would like to give a because each time.", "I would like to ask before I disagree."),
        "he": ("הייתי רוצה לתת ״כי״ בכל פעם.", "הייתי רוצה לשאול לפני שמתנגדים."),
    },
    "about_me": {
        "en": (
            "I learn best when it is quiet and I can draw a little.",
            "I bring questions, sometimes too many.",
            "Please give me a moment before I answer.",
            "I am working on saying it when I do not understand.",
        ),
        "he": (
            "הכי טוב לי ללמוד בשקט, עם קצת ציור בצד.",
            "יש לי שאלות, לפעמים יותר מדי.",
            "נא לתת לי רגע לפני שעונים.",
            "העבודה שלי השנה: לומר כשלא מבינים.",
        ),
    },
}
BY_INPUT: Final[Mapping[str, Kind]] = {
    "notice": "notice",
    "question": "question",
    "shared_question": "question",
    "path": "path",
    "thanks": "thanks",
    "thanks_to": "thanks",
    "goal": "goal",
    "commitment": "goal",
    "help_me": "intention",
    "together_we": "intention",
    "showed": "reflection",
    "answer": "reflection",
    "appeared": "reflection",
    "heard": "reflection",
    "moment": "reflection",
    "challenge": "reflection",
}


def kind_of(at: LessonStep, asked: Input) -> Kind:
    """Return what sort of sentence answers a question."""
    if asked.id in BY_INPUT:
        return BY_INPUT[asked.id]
    if at.step.output == "portrait":
        return "about_me"
    if asked.because:
        return "because"
    return "intention" if at.step.output == "intention" else "idea"
