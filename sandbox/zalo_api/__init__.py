"""The Zalo Bot Platform as its bots see it. https://bot.zaloplatforms.com/docs"""
