"""The Zalo Bot Platform as its bots see it. https://docs.zaloplatforms.com/docs/BOT

What the documentation leaves open is played like this, on the strict side where there was a choice:

- A person takes one of the plan's places with the first message that reaches the bot. From people beyond the places
  nothing reaches it, and a private chat with them answers 403.
- The bot may write in a chat, private or group, once a message there has reached it; before that 403, as when it is
  blocked. A chat that does not exist is 404.
- Characters are UTF-16 units, as in `text_styles`, and are counted before markup is read.
- An event leaves the queue when it is answered with, whether or not the answer arrives; a client that has gone before
  does not take it. What waits is kept without a limit, and goes to a webhook that is set later.
- setWebhook keeps the address and then posts `{}` with the secret to it; anything but 2xx is told as 400.
- Where no webhook is set, deleteWebhook and getWebhookInfo answer 404, as bots have observed; a switch lets them succeed.
- A webhook gets one event after the other; one that is not answered with 2xx is lost. A switch posts each several times.
- The month of the quota is the calendar month in Vietnam on the sandbox's clock; only messages that were sent count.
"""
