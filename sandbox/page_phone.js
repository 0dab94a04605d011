// One phone: a chat drawn the way the messenger draws it. What is being typed lives here and nowhere else, so that
// news from the server never takes the letters or the cursor away.
const LINK = /(https?:\/\/[^\s<>"]+)/;
const ATTACHMENTS = [
  ["sticker", "emoji_emotions", "Стикер"],
  ["voice", "mic", "Голосовое"],
  ["photo", "image", "Фото"],
  ["location", "place", "Где я"],
  ["contact", "call", "Мой номер"],
];
const ICONS = { sticker: "emoji_emotions", voice: "graphic_eq", photo: "image", location: "place", contact: "call" };

// Buttons under a bubble or at the bottom: a link opens its address, anything else is told to the bot.
const Keys = {
  props: { rows: Array },
  emits: ["press"],
  data: () => ({ icons: { url: "open_in_new", phone: "call", location: "place" } }),
  template: `
    <div v-for="row in rows" class="buttons-row">
      <template v-for="button in row">
        <a v-if="button.url" class="key" :href="button.url" target="_blank" rel="noopener"
          >{{ button.label }}<q-icon :name="icons.url" /></a>
        <button v-else class="key" type="button" @click="$emit('press', button.label)"
          >{{ button.label }}<q-icon v-if="icons[button.kind]" :name="icons[button.kind]" /></button>
      </template>
    </div>`,
};

export default {
  components: { keys: Keys },
  props: { look: String, title: String, person: String, chat: Array, keyboard: Array, typing: Boolean },
  emits: ["act", "newcomer"],
  data: () => ({ draft: "", attachments: ATTACHMENTS }),
  template: `
    <section class="phone" :class="look" :data-phone="look">
      <header class="phone-head">
        <div class="phone-avatar"><q-icon name="fitness_center" /></div>
        <div class="phone-title">
          <b>{{ title }}</b>
          <span>{{ typing ? "печатает…" : look === "vk" ? "сообщество VK" : "бот Telegram" }}</span>
        </div>
        <button class="phone-person" type="button" title="Начать разговор другим, новым человеком"
                @click="$emit('newcomer')">
          <span>вы — {{ person }}</span><b><q-icon name="person_add" />новый<i> человек</i></b>
        </button>
      </header>
      <div class="phone-chat" ref="chat">
        <div v-if="!chat.length" class="phone-hello">
          <q-icon name="waving_hand" />
          <p>Здесь ещё тихо.<br>Нажмите кнопку — бот поздоровается.</p>
          <button type="button" class="phone-start" @click="act('start', '')">{{ start }}</button>
        </div>
        <div v-for="bubble in chat" :key="bubble.id" class="turn" :class="{ mine: bubble.mine }">
          <div class="bubble" :class="{ pictured: bubble.image }">
            <img v-if="bubble.image" :src="bubble.image" alt="картинка от бота" @load="down">
            <q-icon v-if="bubble.kind" class="bubble-icon" :name="icon(bubble.kind)" />
            <span class="bubble-text"><template v-for="part in parts(bubble.text)"
              ><a v-if="part.link" :href="part.text" target="_blank" rel="noopener">{{ part.text }}</a
              ><template v-else>{{ part.text }}</template></template></span>
            <time>{{ bubble.at }}<q-icon v-if="bubble.mine" name="done_all" /></time>
          </div>
          <div v-if="bubble.buttons.length" class="buttons">
            <keys :rows="bubble.buttons" @press="(label) => act('press', label)" />
          </div>
        </div>
        <div v-if="typing" class="turn"><div class="bubble dots"><i></i><i></i><i></i></div></div>
      </div>
      <div v-if="keyboard.length" class="phone-keys">
        <keys :rows="keyboard" @press="(label) => act('press', label)" />
      </div>
      <form class="phone-type" @submit.prevent="say">
        <button type="button" class="attach" title="Прикрепить" aria-label="Прикрепить">
          <q-icon name="attach_file" />
          <q-menu auto-close anchor="top left" self="bottom left">
            <q-list dense>
              <q-item v-for="[what, glyph, label] in attachments" :key="what" clickable @click="act('send', what)">
                <q-item-section avatar><q-icon :name="glyph" size="18px" /></q-item-section>
                <q-item-section>{{ label }}</q-item-section>
              </q-item>
            </q-list>
          </q-menu>
        </button>
        <input v-model="draft" placeholder="Сообщение" aria-label="Сообщение" autocomplete="off" enterkeyhint="send">
        <button type="submit" class="send" :class="{ ready: draft.trim() }" title="Отправить" aria-label="Отправить">
          <q-icon name="send" />
        </button>
      </form>
    </section>`,
  computed: {
    start() {
      return this.look === "vk" ? "Начать" : "Запустить";
    },
    // Grows or changes whenever the bottom of the chat does.
    tail() {
      const last = this.chat[this.chat.length - 1];
      return [last?.id, last?.text, this.typing, this.keyboard.length].join();
    },
  },
  watch: {
    tail() {
      this.$nextTick(this.down);
    },
  },
  mounted() {
    this.down();
    this.resized = new ResizeObserver(() => this.down());
    this.resized.observe(this.$refs.chat);
  },
  beforeUnmount() {
    this.resized.disconnect();
  },
  methods: {
    down() {
      if (this.$refs.chat) this.$refs.chat.scrollTop = this.$refs.chat.scrollHeight;
    },
    act(action, what) {
      this.$emit("act", action, what);
    },
    say() {
      if (!this.draft.trim()) return;
      this.act("say", this.draft);
      this.draft = "";
    },
    icon: (kind) => ICONS[kind],
    parts: (text) => text.split(LINK).map((piece, place) => ({ text: piece, link: place % 2 === 1 })),
  },
};
