/* Keeps a list at its end for whoever reads there, also when pictures arrive or the list becomes lower.
 * Whoever reads further up is never moved: a button says how much is new below.
 */

import { say } from "./room-parts.js";

const NEAR = 40;

export class Following {
  constructor(list, below) {
    this.list = list;
    this.below = below;
    this.isFollowing = true;
    // On a phone the list may be out of sight, which forgets where it stood.
    this.isAway = false;
    this.top = 0;
    this.unread = 0;
    list.addEventListener("scroll", () => this.scrolled());
    list.addEventListener("load", () => this.settle(), true);
    new ResizeObserver(() => this.resized()).observe(list);
    below.addEventListener("click", () => {
      this.toEnd();
      list.focus();
    });
  }

  /* Only who goes up stops following: what grows below does not. */
  scrolled() {
    if (this.isAway) return;
    const { scrollTop, scrollHeight, clientHeight } = this.list;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (isAtEnd) this.follow();
    else if (scrollTop < this.top) this.isFollowing = false;
    this.top = scrollTop;
  }

  resized() {
    const isAway = this.list.clientHeight === 0;
    if (this.isAway && !isAway && !this.isFollowing) this.list.scrollTop = this.top;
    this.isAway = isAway;
    this.settle();
  }

  settle() {
    if (this.isFollowing && !this.isAway) this.toEnd();
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.top = this.list.scrollTop;
    this.follow();
  }

  follow() {
    this.isFollowing = true;
    this.unread = 0;
    this.below.hidden = true;
  }

  /* Something was added at the end. */
  added() {
    if (this.isFollowing) {
      this.settle();
      return;
    }
    this.unread += 1;
    this.below.textContent = say("new_below", { count: this.unread });
    this.below.hidden = false;
  }
}
